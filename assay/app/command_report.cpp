#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>

#include "assay/analysis/recommend.hpp"
#include "assay/app/commands.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/result.hpp"
#include "assay/report/render_json.hpp"
#include "assay/report/render_table.hpp"
#include "assay/report/report_document.hpp"
#include "assay/run/artifacts.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/trace.hpp"

namespace assay::app {
namespace {

struct ReportFlags {
    std::string run_dir;
    std::string gate;
    std::optional<int> fail_exit_code;
    bool accept_exploratory = false;
    bool json = false;
    bool markdown = false;
};

int report_run(const ReportFlags& flags) {
    const auto store = store::Store::open_read_only(flags.run_dir);
    const run::StoredRun stored(*store, run::latest_plan(*store, flags.run_dir));
    const report::ReportModel model = run::build_report(stored);
    run::write_artifacts(stored, model, flags.run_dir);
    if (flags.json) {
        std::fputs(report::render_json(model).c_str(), stdout);
    } else if (flags.markdown) {
        std::fputs(report::report_markdown(model).c_str(), stdout);
    } else {
        std::fputs(report::render_table(model, stdout_is_terminal(), terminal_width()).c_str(),
                   stdout);
        std::fputs(fmt::format("report: {}\n",
                               (std::filesystem::path(flags.run_dir) / "report.md").string())
                       .c_str(),
                   stdout);
    }
    return analysis::exit_code(
        run::candidates_of(model),
        {flags.gate, flags.fail_exit_code, run::exploratory_of(model, flags.accept_exploratory)});
}

}  // namespace

void add_report_command(CLI::App& app, Action& action) {
    auto flags = std::make_shared<ReportFlags>();
    CLI::App* command = app.add_subcommand(
        "report", "make a run's report and files anew from its store; no model, no judge");
    command->add_option("RUN", flags->run_dir, "run directory")->required();
    CLI::Option* json = command->add_flag(
        "--json", flags->json, "report.json on stdout instead of the table");
    command
        ->add_flag("--markdown,--md", flags->markdown, "report.md on stdout instead of the table")
        ->excludes(json);
    command->add_option(
        "--gate", flags->gate, "exit code for one variant's decision, or `all` for the worst");
    command->add_flag("--accept-exploratory",
                      flags->accept_exploratory,
                      "the plain exit code for an exploratory result, instead of 6");
    command->add_option("--fail-exit-code", flags->fail_exit_code, "instead of 3, 4, 5 and 6")
        ->check(CLI::Range(0, 255));
    command->footer(
        "Example:\n  assay report runs/science --gate Q4_K_M\nExit codes are those of `assay "
        "run`.");
    command->callback([flags, &action] { action = [flags] { return report_run(*flags); }; });
}

void add_trace_command(CLI::App& app, Action& action) {
    struct TraceFlags {
        std::string run_dir;
        std::string question;
        bool json = false;
    };
    auto flags = std::make_shared<TraceFlags>();
    CLI::App* command = app.add_subcommand(
        "trace",
        "show everything that a run holds of one question: answers, sides, verdicts, outcomes");
    command->add_option("RUN", flags->run_dir, "run directory")->required();
    command->add_option("QUESTION", flags->question, "the question's id")->required();
    command->add_flag("--json", flags->json, "one JSON document");
    command->footer("Example:\n  assay trace runs/science sq-017");
    command->callback([flags, &action] {
        action = [flags] {
            const auto store = store::Store::open_read_only(flags->run_dir);
            const std::string plan = run::latest_plan(*store, flags->run_dir);
            std::fputs((flags->json ? run::trace_json(*store, plan, flags->question)
                                    : run::trace_text(*store, plan, flags->question))
                           .c_str(),
                       stdout);
            return 0;
        };
    });
}

}  // namespace assay::app
