#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <new>

#include "assay/app/command_line.hpp"
#include "assay/app/commands.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/base/result.hpp"

namespace {

constexpr int kInterruptedExit = 130;

int exit_code_of(assay::ErrorKind kind) {
    switch (kind) {
        case assay::ErrorKind::kOperational: return 1;
        case assay::ErrorKind::kUsage: return 2;
        case assay::ErrorKind::kInterrupted: return kInterruptedExit;
    }
    return 1;
}

int say(const char* text, int code) {
    std::fprintf(stderr, "assay: %s\n", text);
    return code;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("can this quantized language model replace the original on my task? A controlled, blinded experiment", "assay");
    app.set_version_flag("--version", std::string("assay " ASSAY_VERSION));
    app.require_subcommand(1);
    app.footer("`assay COMMAND --help` shows a command's options with examples.\nThe main job: assay run -m model-F16.gguf --variants Q8_0,Q4_K_M --questions questions.jsonl");
    app.get_formatter()->column_width(34);
    assay::app::Action action;
    assay::app::add_run_command(app, action);
    assay::app::add_plan_command(app, action);
    assay::app::add_report_command(app, action);
    assay::app::add_trace_command(app, action);
    assay::app::add_stats_command(app, action);
    assay::app::add_quantize_command(app, action);
    assay::app::add_doctor_command(app, action);
    assay::app::add_init_command(app, action);
    assay::app::add_man_command(app, action);
    try {
        std::vector<std::string> arguments = assay::app::spell_out(argc, argv);
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        const int code = app.exit(error);  // prints help, version, or what is wrong
        return code == 0 ? 0 : 2;
    }
    assay::app::set_command_line(argc, argv);
    assay::app::watch_interrupts();
    try {
        return action();
    } catch (const assay::Error& error) {
        return say(error.what(), exit_code_of(error.kind()));
    } catch (const std::bad_alloc&) {
        return say("out of memory; what was finished is kept, and the same command goes on from there", 1);
    } catch (const std::exception& error) {
        return say(error.what(), 1);
    }
}
