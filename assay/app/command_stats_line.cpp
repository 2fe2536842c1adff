#include <CLI/CLI.hpp>
#include <iostream>

#include "assay/app/command_stats.hpp"
#include "assay/app/commands.hpp"

namespace assay::app {

void add_stats_command(CLI::App& app, Action& action) {
    auto options = std::make_shared<StatsOptions>();
    CLI::App* command = app.add_subcommand(
        "stats",
        "the statistics of verdicts from anywhere: bare counts, a file of outcomes, or a run");
    command->add_option(
        "INPUT",
        options->input,
        "a file of outcomes (JSONL, JSON, CSV, or another tool's judgments), or a run directory");
    command->add_option("FURTHER",
                        options->further,
                        "more files of outcomes, of other judges on the same questions: how far "
                        "they agree is shown");
    command->add_option("--wins", options->wins, "of the variant, instead of INPUT");
    command->add_option("--losses", options->losses, "of the variant");
    command->add_option("--ties", options->ties, "default 0");
    command->add_option(
        "--margin", options->margin, "of the net win rate, in (0, 1); default 0.10, or the run's");
    command->add_option("--alpha", options->alpha, "one-sided; default 0.05, or the run's");
    command->add_option("--power",
                        options->power,
                        "for the number of further questions; default 0.80, or the run's");
    command->add_option(
        "--variant", options->variant, "only this variant; or its name, where the file names none");
    command->add_option(
        "--judge", options->judge, "only this judge; or its name, where the file names none");
    command->add_option("--baseline",
                        options->baseline,
                        "which of the file's models is the baseline, where it does not say");
    command->add_option("--format",
                        options->format,
                        "outcomes, study, alpaca-eval, arena-hard, arena-votes, fastchat or run; "
                        "default: by what INPUT holds");
    command->add_flag("--gate",
                      options->gate,
                      "exit code 3, 4, 5 or 6 unless all are equivalent or non-inferior");
    command->add_flag("--no-controls-ok",
                      options->no_controls_ok,
                      "a gate may pass on verdicts without controls, as files of outcomes are");
    command->add_flag("--accept-exploratory",
                      options->accept_exploratory,
                      "the plain exit code for an exploratory result, instead of 6");
    command->add_option("--fail-exit-code", options->fail_exit_code, "instead of 3, 4, 5 and 6")
        ->check(CLI::Range(0, 255));
    CLI::Option* json = command->add_flag("--json", options->json, "one JSON document");
    command->add_flag("--markdown,--md", options->markdown, "Markdown instead of text")
        ->excludes(json);
    command->footer(
        "Examples; the first has the published study's counts:\n"
        "  assay stats --wins 45 --losses 48 --ties 61\n"
        "  assay stats verdicts.jsonl --margin 0.05 --gate\n"
        "  assay stats evaluation_results.json --baseline f16 --markdown\n"
        "  assay stats annotations.json --json\n"
        "  assay stats judge_1.jsonl judge_2.jsonl\n"
        "  assay stats runs/science --variant Q4_K_M\n"
        "A line of verdicts.jsonl: {\"question\": \"q1\", \"verdict\": \"win\", \"order\": \"a\", "
        "\"judge\": \"me\", "
        "\"variant\": \"Q4_K_M\"}.\n"
        "verdict: win, tie, loss of the variant; or A, B, TIE with order a (the variant was A) or "
        "b; or INVALID, "
        "ERROR, REFUSED.");
    command->callback(
        [options, &action] { action = [options] { return run_stats(*options, std::cout); }; });
}

}  // namespace assay::app
