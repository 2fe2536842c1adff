#pragma once

#include <string>
#include <vector>

#include "assay/records/plan.hpp"

namespace assay::app {

/// What the user typed, quoted for a shell; set once by main. Shown in the report as the way to run
/// it again.
void set_command_line(int argc, char** argv);
[[nodiscard]] const std::string& command_line();

/// The arguments with llama.cpp's short flags of several letters (-ub, -ngl, -fa, -ctk, -ctv)
/// written out: CLI11 knows one letter only.
[[nodiscard]] std::vector<std::string> spell_out(int argc, char** argv);

/// Throws Error kUsage unless `gate` is empty, "all", or a variant of the plan.
void check_gate(const std::string& gate, const Plan& plan);

/// `assay init`: writes the example experiment. Throws Error if the file is there and not `force`.
int write_example(const std::string& file, bool force);

}  // namespace assay::app
