#pragma once
// The last lines of a run that ended inconclusive: what would settle it, and the command for that.

#include <functional>
#include <string>
#include <vector>

#include "assay/records/plan.hpp"
#include "assay/report/report_model.hpp"

namespace CLI {
class App;
class Option;
}  // namespace CLI

namespace assay::app {

/// What a command was given, in words that give it the same again: every option by its long name,
/// values behind "=". `keep`: of each option whether it is wanted.
[[nodiscard]] std::vector<std::string> words_given(
    const CLI::App& command, const std::function<bool(const CLI::Option&)>& keep);

/// "assay run", the words as a shell reads them, in one line. Empty where a word has a control
/// character or is no UTF-8, as nobody can copy that.
[[nodiscard]] std::string command_to_copy(const std::string& subcommand,
                                          const std::vector<std::string>& words);

/// The words of `assay run` or `assay judge`, by what they can be given to.
struct GivenWords {
    std::vector<std::string> of_run;   ///< without what the step may set
    std::vector<std::string> of_plan;  ///< without what only a run takes
};
[[nodiscard]] GivenWords words_for_next_step(const CLI::App& run_command);

/// A paragraph and the command, each with its line feed; the command is last. Empty where no
/// variant was left inconclusive, or more of the same would not settle it. Reads the run directory.
///
/// The command goes on in the same run directory, whose history makes what it says exploratory. In
/// another directory assay could not know that it is a second look at the same questions, and what
/// passed by looking again could be recommended. Where only new questions help, the command plans
/// them, from what this run measured: assay cannot know where they are.
[[nodiscard]] std::string next_step_text(const Plan& plan,
                                         const report::ReportModel& model,
                                         const GivenWords& words,
                                         int width);

}  // namespace assay::app
