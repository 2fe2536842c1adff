#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#include "assay/app/command_line.hpp"
#include "assay/app/commands.hpp"
#include "assay/app/interrupt.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"

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
    std::fprintf(stderr, "assay: %s\n", assay::report::visible(text).c_str());
    return code;
}

/// What is still in stdout's buffer would be lost without a word. A reader that has seen enough (`|
/// head`) is no failure.
int flushed(int code) {
    errno = 0;
    if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) {
        return code;
    }
    if (errno == EPIPE) {
        return code;
    }
    return say(fmt::format("the result could not be written to stdout: {}",
                           std::strerror(errno == 0 ? EIO : errno))
                   .c_str(),
               1);
}

/// CLI11 only says that a command is missing when the word that stands in its place is none.
void name_unknown_command(const CLI::App& app, int argc, char** argv) {
    if (argc < 2 || argv[1][0] == '-') {
        return;
    }
    std::vector<std::string> names;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        names.push_back(command->get_name());
    }
    if (std::find(names.begin(), names.end(), argv[1]) != names.end()) {
        return;
    }
    const std::string meant = assay::nearest_word(argv[1], names);
    say(fmt::format("there is no command \"{}\"{}",
                    assay::shorten(assay::to_valid_utf8(argv[1]), 40),
                    meant.empty() ? "" : fmt::format("; did you mean {}?", meant))
            .c_str(),
        2);
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "can this quantized language model replace the original on my task? A controlled, blinded "
        "experiment",
        "assay");
    app.set_version_flag("--version", std::string("assay " ASSAY_VERSION));
    app.require_subcommand(1);
    app.footer(
        "`assay COMMAND --help` shows a command's options with examples.\nThe main job: assay run "
        "-m model-F16.gguf --variants Q8_0,Q4_K_M --questions questions.jsonl");
    app.get_formatter()->column_width(34);
    assay::app::Action action;
    assay::app::add_run_command(app, action);
    assay::app::add_judge_command(app, action);
    assay::app::add_plan_command(app, action);
    assay::app::add_report_command(app, action);
    assay::app::add_audit_command(app, action);
    assay::app::add_verify_command(app, action);
    assay::app::add_retrieve_command(app, action);
    assay::app::add_export_command(app, action);
    assay::app::add_import_command(app, action);
    assay::app::add_trace_command(app, action);
    assay::app::add_stats_command(app, action);
    assay::app::add_fidelity_command(app, action);
    assay::app::add_bench_command(app, action);
    assay::app::add_quantize_command(app, action);
    assay::app::add_doctor_command(app, action);
    assay::app::add_init_command(app, action);
    assay::app::add_man_command(app, action);
    try {
        std::vector<std::string> arguments = assay::app::spell_out(argc, argv);
        std::reverse(arguments.begin(), arguments.end());  // CLI11 takes them from the end
        app.parse(arguments);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0) {
            name_unknown_command(app, argc, argv);
        }
        const int code = app.exit(error);  // prints help, version, or what is wrong
        return flushed(code == 0 ? 0 : 2);
    }
    assay::app::set_command_line(argc, argv);
    assay::app::watch_interrupts();
    try {
        return flushed(action());
    } catch (const assay::Error& error) {
        return say(error.what(), exit_code_of(error.kind()));
    } catch (const std::bad_alloc&) {
        return say(
            "out of memory; what was finished is kept, and the same command goes on from there", 1);
    } catch (const std::exception& error) {
        return say(error.what(), 1);
    }
}
