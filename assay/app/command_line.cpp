#include "assay/app/command_line.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>

#include "assay/base/result.hpp"
#include "assay/base/shell_word.hpp"
#include "assay/base/text.hpp"
#include "assay/config/example.hpp"
#include "assay/records/settings.hpp"

namespace assay::app {
namespace {

std::string& stored_command_line() {
    static std::string text;
    return text;
}

}  // namespace

void set_command_line(int argc, char** argv) {
    std::string& text = stored_command_line();
    text = "assay";
    for (int i = 1; i < argc; ++i) {
        text += " " + shell_word(to_valid_utf8(argv[i]));
    }
}

const std::string& command_line() {
    return stored_command_line();
}

std::vector<std::string> spell_out(int argc, char** argv) {
    std::map<std::string, std::string> long_of;
    const Plan plan;
    visit_plan(plan, [&](std::string_view, const Setting& setting, const auto&, const auto&) {
        if (!setting.short_flag.empty()) {
            long_of.emplace(setting.short_flag, long_flag(setting));
        }
    });
    std::vector<std::string> out;
    for (int i = 1; i < argc; ++i) {
        const auto found = long_of.find(argv[i]);
        out.push_back(found == long_of.end() ? std::string(argv[i]) : found->second);
    }
    return out;
}

void check_gate(const std::string& gate, const Plan& plan) {
    if (gate.empty() || gate == "all") {
        return;
    }
    std::vector<std::string> names;
    for (const VariantSpec& variant : plan.variants) {
        names.push_back(variant.name);
    }
    if (std::find(names.begin(), names.end(), gate) != names.end()) {
        return;
    }
    throw_usage(fmt::format(
        "--gate {}: no such variant; there are {}, and `all`", gate, fmt::join(names, ", ")));
}

int write_example(const std::string& file, bool force) {
    if (std::filesystem::exists(file) && !force) {
        throw_usage(
            "the file is there already", file, "Name another one, or replace it with --force.");
    }
    if (const auto done = write_file_atomically(file, config::example_experiment()); !done) {
        throw Error(ErrorKind::kOperational, done.error());
    }
    std::fputs(fmt::format("{} written: set baseline.file and dataset.file, then `assay run {}`\n",
                           file,
                           shell_word(file))
                   .c_str(),
               stdout);
    return 0;
}

}  // namespace assay::app
