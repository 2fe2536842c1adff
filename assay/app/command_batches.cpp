#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "assay/app/commands.hpp"
#include "assay/app/export_batches.hpp"
#include "assay/app/import_verdicts.hpp"

namespace assay::app {
namespace {

using Json = nlohmann::ordered_json;

void print(const Json& json) {
    std::fputs((json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n").c_str(), stdout);
}

int export_and_say(const ExportOptions& options, bool as_json) {
    const ExportedBatches done = export_batches(options);
    if (as_json) {
        print({{"schema_version", 1},
               {"judge", done.judge},
               {"folder", done.folder.string()},
               {"key", done.key.string()},
               {"files", done.files},
               {"n_items", done.n_items},
               {"n_left", done.n_left}});
        return 0;
    }
    if (done.n_items == 0) {
        std::fputs(fmt::format("nothing lacks a verdict of {}\n", done.judge).c_str(), stdout);
        return 0;
    }
    std::string text = fmt::format("{} items in {} batches for {}: {}\n",
                                   done.n_items,
                                   done.files.size(),
                                   done.judge,
                                   done.folder.string());
    if (done.n_left > 0) {
        text += fmt::format("{} more lack a verdict and were left for another export\n",
                            done.n_left);
    }
    text += fmt::format("the key, not for whoever judges: {}\n", done.key.string());
    text += fmt::format(
        "next: assay import verdicts {} FILE... --judge {}\n", options.run_dir, done.judge);
    std::fputs(text.c_str(), stdout);
    return 0;
}

int import_and_say(const ImportOptions& options, bool as_json) {
    const ImportedVerdicts done = import_verdicts(options);
    for (const std::string& sentence : done.unread) {
        std::fputs((sentence + "\n").c_str(), stderr);
    }
    if (as_json) {
        print({{"schema_version", 1},
               {"judge", done.judge},
               {"n_new", done.n_new},
               {"n_replaced", done.n_replaced},
               {"n_unchanged", done.n_unchanged},
               {"n_needless", done.n_needless},
               {"n_unbound", done.n_unbound},
               {"n_invalid", done.n_invalid},
               {"n_pending", done.n_pending},
               {"exploratory_reasons", done.exploratory_reasons},
               {"unread", done.unread}});
        return 0;
    }
    std::string text = fmt::format(
        "{}: {} new verdicts, {} replaced, {} stored already; {} pending\n",
        done.judge,
        done.n_new,
        done.n_replaced,
        done.n_unchanged,
        done.n_pending);
    if (done.n_invalid > 0) {
        text += fmt::format("INVALID, as they say none of A, B, TIE: {}\n", done.n_invalid);
    }
    if (done.n_needless > 0) {
        text += fmt::format(
            "of pairs that are settled without a judge, so that they count for nothing: {}\n",
            done.n_needless);
    }
    if (done.n_unbound > 0) {
        text += fmt::format("with a mapping that is bound to no answers, as the report says: {}\n",
                            done.n_unbound);
    }
    for (const std::string& reason : done.exploratory_reasons) {
        text += fmt::format("the run is exploratory: {}\n", reason);
    }
    text += done.n_pending > 0
                ? fmt::format(
                      "next: assay export batches {} --judge {}\n", options.run_dir, done.judge)
                : fmt::format("next: assay report {}\n", options.run_dir);
    std::fputs(text.c_str(), stdout);
    return 0;
}

}  // namespace

void add_export_command(CLI::App& app, Action& action) {
    CLI::App* group = app.add_subcommand(
        "export", "write what a run holds for others: `export batches` for judging by hand");
    group->require_subcommand(1);
    group->footer(
        "Example:\n  assay export batches runs/science --judge panel --out for-the-judge");
    struct Flags {
        ExportOptions options;
        bool json = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* command = group->add_subcommand(
        "batches",
        "the pairs that a judge `batch` or `human` still lacks, as texts to "
        "paste into a chat or to give to a person");
    command->add_option("RUN", flags->options.run_dir, "run directory")->required();
    command->add_option("--judge",
                        flags->options.judge,
                        "name of the judge; default: the only one that is judged by hand");
    command->add_option(
        "--out",
        flags->options.out,
        "folder of the batches, which holds no name of a variant; default RUN/batches/JUDGE");
    command->add_option("--per-batch", flags->options.per_batch, "items of a batch; default 10")
        ->check(CLI::Range(1, 1000));
    command
        ->add_option(
            "--limit", flags->options.limit, "at most N items; the rest is left for another export")
        ->check(CLI::Range(0, 1000000000));
    command->add_flag("--json", flags->json, "one JSON document");
    command->footer(
        "Example:\n  assay export batches runs/science --judge panel --out for-the-judge\nThe key "
        "to the batches stays in RUN/batch_keys/JUDGE. Replies come back with `assay import "
        "verdicts`.");
    command->callback([flags, &action] {
        action = [flags] { return export_and_say(flags->options, flags->json); };
    });
}

void add_import_command(CLI::App& app, Action& action) {
    CLI::App* group = app.add_subcommand(
        "import", "read into a run what others made: `import verdicts` for judging by hand");
    group->require_subcommand(1);
    group->footer(
        "Example:\n  assay import verdicts runs/science replies/batch_*.txt --judge panel");
    struct Flags {
        ImportOptions options;
        bool json = false;
    };
    auto flags = std::make_shared<Flags>();
    CLI::App* command = group->add_subcommand(
        "verdicts", "replies to exported batches, as verdicts of a judge `batch` or `human`");
    command->add_option("RUN", flags->options.run_dir, "run directory")->required();
    command
        ->add_option("FILE",
                     flags->options.files,
                     "replies as text or JSON, forms that were filled in, raw_judge_responses.json "
                     "or evaluation_results.json")
        ->required();
    command->add_option("--judge",
                        flags->options.judge,
                        "name of the judge; default: the only one that is judged by hand");
    command
        ->add_option("--mapping",
                     flags->options.mappings,
                     "batch_mapping.json of what was judged; default: what the run exported. The "
                     "study's own is taken, too")
        ->allow_extra_args(false);
    command->add_option("--model-version",
                        flags->options.model_version,
                        "who judged, such as \"Gemini 3 Pro\"; stored with each verdict");
    command->add_flag("--replace",
                      flags->options.replace,
                      "a verdict that differs from the stored one takes its place");
    command->add_flag("--json", flags->json, "one JSON document");
    command->footer(
        "Examples:\n"
        "  assay import verdicts runs/science replies/batch_*.txt --judge panel --model-version "
        "\"Gemini 3 Pro\"\n"
        "  assay import verdicts runs/science raw_judge_responses.json --mapping "
        "batch_mapping.json\n"
        "All or nothing: what contradicts itself, the mapping or a stored verdict is listed, and "
        "nothing is saved. Items that the\n"
        "replies leave out stay pending. `assay report RUN` shows the decision.");
    command->callback([flags, &action] {
        action = [flags] { return import_and_say(flags->options, flags->json); };
    });
}

}  // namespace assay::app
