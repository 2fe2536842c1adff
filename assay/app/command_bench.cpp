#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "assay/app/commands.hpp"
#include "assay/app/engine_flags.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/app/model_speed.hpp"
#include "assay/app/model_speed_shown.hpp"
#include "assay/app/named_models.hpp"
#include "assay/app/plan_flags.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/text.hpp"
#include "assay/config/problems.hpp"
#include "assay/records/settings.hpp"

namespace assay::app {
namespace {

constexpr const char* kIsMeasured = "speed is measured";

struct BenchFlags {
    std::string file;  ///< the baseline, or an experiment
    ModelWords words;
    SpeedSettings settings{};
    int n_rounds = 5;
    std::optional<int> n_streams;
    std::optional<int> n_ubatch;
    RunRecipe recipe{};
    bool has_recipe = false;
    EngineFlags engine{};
    std::string output = "text";
    bool json = false;
    bool quiet = false;
};

bool is_experiment(const std::string& file) {
    const std::string lower = to_lower_ascii(file);
    return lower.ends_with(".yaml") || lower.ends_with(".yml");
}

/// What speed is not measured of: what a run would have to make first.
std::optional<Failure> why_not_measured(const VariantSpec& spec) {
    if (auto why = why_no_file(spec, spec.name, kIsMeasured)) {
        return why;
    }
    if (spec.type() != nullptr && spec.type()->imatrix_text) {
        return Failure{fmt::format("{} wants an importance matrix made first", spec.name),
                       {},
                       "Speed does not depend on it: name the type without, or the finished file."};
    }
    return std::nullopt;
}

SpeedRequest request_of_experiment(const BenchFlags& flags) {
    if (!flags.words.baseline.empty() || !flags.words.variants.empty() || flags.has_recipe) {
        throw_usage("an experiment names its models and how they are run",
                    flags.file,
                    "Leave --baseline, --variants, -fa, -ctk and -ctv out, or the file.");
    }
    PlanFlags plan_flags;
    plan_flags.file = flags.file;
    Plan plan = load_plan_or_throw(plan_flags);
    SpeedRequest out;
    out.baseline = plan.baseline;
    out.variants = plan.variants;
    std::vector<Failure> failures;
    const auto check = [&](const VariantSpec& spec) {
        if (auto why = why_not_measured(spec)) {
            why->place = flags.file;
            failures.push_back(std::move(*why));
        }
    };
    check(out.baseline);
    std::for_each(out.variants.begin(), out.variants.end(), check);
    if (!failures.empty()) {
        throw_all(failures);
    }
    out.n_threads = plan.engine.threads;
    out.n_gpu_layers = plan.engine.n_gpu_layers;
    out.settings.n_ubatch = plan.engine.ubatch_size;
    if (plan.engine.slots > 0) {
        out.settings.n_streams = plan.engine.slots;
    }
    out.engine = plan.engine.path;
    return out;
}

SpeedRequest request_of_words(const BenchFlags& flags) {
    ModelWords words = flags.words;
    if (!flags.file.empty() && !words.baseline.empty()) {
        throw_usage(fmt::format("two baselines are named: {} and {}", flags.file, words.baseline),
                    "",
                    "Name one; the others are --variants.");
    }
    if (!flags.file.empty()) {
        words.baseline = flags.file;
    }
    if (words.baseline.empty()) {
        throw_usage("no baseline is named", "", "Name the original: assay bench model-F16.gguf.");
    }
    config::Problems problems;
    NamedModels models = named_models(words, kIsMeasured, problems);
    if (auto failures = problems.take(); !failures.empty()) {
        throw_all(failures);
    }
    SpeedRequest out;
    out.baseline = std::move(*models.baseline);
    out.variants = std::move(models.variants);
    out.baseline.recipe = flags.recipe;
    for (VariantSpec& variant : out.variants) {
        variant.recipe = flags.recipe;
    }
    return out;
}

SpeedRequest bench_request_of(const BenchFlags& flags) {
    SpeedRequest out = is_experiment(flags.file) ? request_of_experiment(flags)
                                                 : request_of_words(flags);
    out.settings.n_prompt = flags.settings.n_prompt;
    out.settings.n_answer = flags.settings.n_answer;
    out.settings.n_streams = flags.n_streams.value_or(out.settings.n_streams);
    out.settings.n_ubatch = flags.n_ubatch.value_or(out.settings.n_ubatch);
    out.n_rounds = flags.n_rounds;
    out.n_threads = flags.engine.threads.value_or(out.n_threads);
    out.n_gpu_layers = flags.engine.n_gpu_layers.value_or(out.n_gpu_layers);
    if (!flags.engine.program.empty()) {
        out.engine = flags.engine.program;
    }
    return out;
}

int bench(const BenchFlags& flags) {
    const SpeedRequest request = bench_request_of(flags);
    TerminalProgress progress(flags.quiet);
    const SpeedMeasured measured = measure_speed(request, interrupted(), progress);
    const std::string output = flags.json ? "json" : flags.output;
    if (output == "jsonl") {
        for (const std::string& note : measured.notes) {
            progress.note(note);
        }
        std::fputs(speed_bench_lines(measured).c_str(), stdout);
    } else {
        std::fputs((output == "json" ? speed_json(measured) : speed_table(measured)).c_str(),
                   stdout);
    }
    return 0;
}

void add_recipe_flags(CLI::App& command, const std::shared_ptr<BenchFlags>& flags) {
    visit_recipe(flags->recipe, [&](const Setting& setting, std::string& field, const auto& rule) {
        std::vector<std::string> words;
        for (const std::string_view word : rule.words) {
            words.emplace_back(word);
        }
        command
            .add_option_function<std::string>(
                std::string(setting.flag),
                [flags, &field](const std::string& value) {
                    field = value;
                    flags->has_recipe = true;
                },
                fmt::format(
                    "{}: {}, of all models; default {}", setting.short_flag, setting.what, field))
            ->check(CLI::IsMember(words));
    });
}

void add_model_flags(CLI::App& command, BenchFlags& flags) {
    command.add_option("BASELINE",
                       flags.file,
                       "the original: a GGUF, or ollama:NAME; NAME= before it gives it a name. Or "
                       "an experiment file (.yaml): its models, each run in its own way");
    command.add_option(
        "-m,--baseline,--model", flags.words.baseline, "the original, in place of BASELINE");
    command
        .add_option("--variants,--variant",
                    flags.words.variants,
                    "what is compared with it, separated by commas: types to make of it "
                    "(Q8_0,Q4_K_M), GGUF files, ollama:NAME; NAME= before one gives it a name. "
                    "Without one: the original alone")
        ->delimiter(',')
        ->allow_extra_args(false);
    command.add_option(
        "--imatrix", flags.words.imatrix, "importance matrix for the types that are made");
}

}  // namespace

void add_bench_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<BenchFlags>();
    CLI::App* command = app.add_subcommand(
        "bench",
        "how fast variants run beside the original: load, prefill, first token, decode alone and "
        "in a batch, and peak memory, with intervals; llama-bench's lines by --output jsonl");
    add_model_flags(*command, *flags);
    constexpr int kMostTokens = 10'000'000;
    constexpr int kMostStreams = 256;  // LLAMA_MAX_SEQ
    command
        ->add_option(
            "-p,--prompt-tokens", flags->settings.n_prompt, "tokens of the prompt; default 512")
        ->check(CLI::Range(1, kMostTokens));
    command
        ->add_option(
            "-n,--answer-tokens", flags->settings.n_answer, "tokens of an answer; default 64")
        ->check(CLI::Range(1, kMostTokens));
    command
        ->add_option("--batch,--slots",
                     flags->n_streams,
                     "answers that are decoded together; default: a run's slots, 16")
        ->check(CLI::Range(1, kMostStreams));
    command
        ->add_option("-r,--repetitions",
                     flags->n_rounds,
                     "rounds, in each of which every model is measured once; default 5; from 6 on "
                     "an interval holds the true median with 95 % or more")
        ->check(CLI::Range(1, 10'000));
    command
        ->add_option("--ubatch-size",
                     flags->n_ubatch,
                     "-ub: tokens of a prompt that are computed at once; default 512")
        ->check(CLI::Range(8, 65536));
    add_recipe_flags(*command, flags);
    add_engine_flags(*command, flags->engine);
    command
        ->add_option("-o,--output",
                     flags->output,
                     "text; json: one document; jsonl: a line for each test, as llama-bench -o "
                     "jsonl has them; default text")
        ->check(CLI::IsMember({"text", "json", "jsonl"}));
    command->add_flag("--json", flags->json, "as --output json");
    command->add_flag("-q,--quiet", flags->quiet, "no progress");
    command->footer(
        "Examples:\n"
        "  assay bench model-F16.gguf --variants Q8_0,Q4_K_M\n"
        "  assay bench model-F16.gguf --variants small=model-Q4_K_M.gguf -r 10 -t 8\n"
        "  assay bench experiment.yaml --output jsonl\n"
        "What is measured, and how: docs/speed.md.");
    command->callback([flags, &action] { action = [flags] { return bench(*flags); }; });
}

}  // namespace assay::app
