#pragma once
// One function per subcommand: it adds itself to the command line, and sets `action` when it is
// chosen. main runs the action.

#include <functional>

namespace CLI {
class App;
}

namespace assay::app {

/// Gives the program's exit code; throws Error.
using Action = std::function<int()>;

void add_run_command(CLI::App& app, Action& action);
void add_judge_command(CLI::App& app, Action& action);
void add_plan_command(CLI::App& app, Action& action);
void add_report_command(CLI::App& app, Action& action);
void add_audit_command(CLI::App& app, Action& action);
void add_verify_command(CLI::App& app, Action& action);
void add_retrieve_command(CLI::App& app, Action& action);
void add_export_command(CLI::App& app, Action& action);
void add_import_command(CLI::App& app, Action& action);
void add_trace_command(CLI::App& app, Action& action);
void add_stats_command(CLI::App& app, Action& action);
void add_fidelity_command(CLI::App& app, Action& action);
void add_bench_command(CLI::App& app, Action& action);
void add_quantize_command(CLI::App& app, Action& action);
void add_doctor_command(CLI::App& app, Action& action);
void add_init_command(CLI::App& app, Action& action);
void add_man_command(CLI::App& app, Action& action);

}  // namespace assay::app
