#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "assay/app/commands.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::app {
namespace {

/// Text as roff shows it: no line may begin with a control character, and backslashes and hyphens
/// are themselves.
std::string roff(const std::string& text) {
    std::string out;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) {
            out += "\\&";
        }
        if (c == '\\') {
            out += "\\e";
        } else if (c == '-') {
            out += "\\-";
        } else {
            out += c;
        }
        line_start = c == '\n';
    }
    return out;
}

std::string options_of(const CLI::App& command) {
    std::string out;
    for (const CLI::Option* option : command.get_options()) {
        if (option->get_group().empty()) {
            continue;  // hidden
        }
        out += fmt::format(
            ".TP\n.B {}\n{}\n",
            roff(option->get_name(
                !option->get_lnames().empty() || !option->get_snames().empty() ? false : true,
                true)),
            roff(option->get_description()));
    }
    return out;
}

/// A section a command, each followed by those of its own commands. `name` is what is typed before
/// them.
std::string commands_of(const CLI::App& app, const std::string& name) {
    std::string out;
    for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; })) {
        if (command->get_group().empty()) {
            continue;
        }
        const std::string typed = name + " " + command->get_name();
        out += fmt::format(
            ".SS {}\n{}\n{}", roff(typed), roff(command->get_description()), options_of(*command));
        if (!command->get_footer().empty()) {
            out += fmt::format(".PP\n.nf\n{}\n.fi\n", roff(command->get_footer()));
        }
        out += commands_of(*command, typed);
    }
    return out;
}

/// The variables that hold keys. Any other address needs api-key-env.
std::string keys_of_judges() {
    std::string out;
    for (const JudgeProvider& provider : kJudgeProviders) {
        if (!provider.key_variable.empty()) {
            out += fmt::format(
                ".TP\n.B {}\nkey for {} and for judges on this machine; any other address needs "
                "api\\-key\\-env\n",
                provider.key_variable,
                provider.own_host);
        }
    }
    return out + ".TP\n.B AZURE_OPENAI_API_KEY\nkey for provider openai at hosts of Azure\n";
}

/// The manual page from the same definitions as --help.
std::string manual(const CLI::App& app) {
    std::string out = fmt::format(
        ".TH ASSAY 1 \"\" \"assay {}\" \"User Commands\"\n.SH NAME\nassay \\- {}\n",
        ASSAY_VERSION,
        roff(app.get_description()));
    out += ".SH SYNOPSIS\n.B assay\n.I COMMAND\n.RI [ OPTIONS ]\n.SH COMMANDS\n";
    out += commands_of(app, "assay");
    out += ".SH ENVIRONMENT\n" + keys_of_judges();
    out += ".TP\n.B ASSAY_CACHE\nfolder for made models; default ~/.cache/assay\n";
    out += ".TP\n.B ASSAY_PYTHON\nconverts checkpoint folders; default python3\n";
    out += ".TP\n.B ASSAY_PYTHON_TIMEOUT\nseconds that a conversion may take\n";
    return out;
}

}  // namespace

void add_man_command(CLI::App& app, Action& action) {
    CLI::App* command = app.add_subcommand("man", "print the manual page (roff)");
    command->footer("Example:\n  assay man | man -l -");
    command->callback([&app, &action] {
        action = [&app] {
            std::fputs(manual(app).c_str(), stdout);
            return 0;
        };
    });
}

}  // namespace assay::app
