#include <CLI/CLI.hpp>
#include <iostream>

#include "assay/app/command_stats.hpp"
#include "assay/app/commands.hpp"

namespace assay::app {

void add_stats_command(CLI::App& app, Action& action) {
    auto options = std::make_shared<StatsOptions>();
    CLI::App* command = app.add_subcommand("stats", "the statistics of bare counts, for a comparison that was judged elsewhere");
    command->add_option("--wins", options->wins, "of the variant")->required();
    command->add_option("--losses", options->losses, "of the variant")->required();
    command->add_option("--ties", options->ties, "default 0");
    command->add_option("--margin", options->margin, "of the net win rate, in (0, 1); default 0.10");
    command->add_option("--alpha", options->alpha, "one-sided; default 0.05");
    command->add_option("--power", options->power, "for the number of further questions; default 0.80");
    command->add_flag("--gate", options->gate, "exit code 3, 4 or 5 unless equivalent or non-inferior");
    command->add_option("--fail-exit-code", options->fail_exit_code, "instead of 3, 4 and 5")->check(CLI::Range(0, 255));
    command->add_flag("--json", options->json, "one JSON document");
    command->footer("Example, the published study's counts:\n  assay stats --wins 45 --losses 48 --ties 61");
    command->callback([options, &action] { action = [options] { return run_stats(*options, std::cout); }; });
}

}  // namespace assay::app
