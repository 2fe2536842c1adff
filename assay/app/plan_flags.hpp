#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/config/plan.hpp"
#include "assay/records/question.hpp"

namespace CLI {
class App;
}

namespace assay::app {

/// The flags that describe an experiment, shared by `run` and `plan`.
struct PlanFlags {
    std::string file;  ///< experiment file; empty: flags alone
    config::Overrides overrides;
    std::vector<std::string> variants;  ///< as CLI11 fills them; moved into the overrides when
                                        ///< given
    std::vector<std::string> fields;
    std::vector<std::string> ids;
    std::vector<std::string> judges;
    std::vector<std::string> stop;
};

void add_plan_flags(CLI::App& command, PlanFlags& flags);

/// The plan, or Error kUsage with every error on a line of its own.
[[nodiscard]] Plan load_plan_or_throw(PlanFlags flags);
/// The decision's settings alone, for planning without an experiment, or Error kUsage as above.
[[nodiscard]] AnalysisSettings load_analysis_or_throw(const PlanFlags& flags);
/// The plan's questions, or Error kUsage with every error on a line of its own.
[[nodiscard]] std::vector<Question> load_questions_or_throw(const Plan& plan);
/// Error kUsage with every failure on a line of its own.
[[noreturn]] void throw_all(const std::vector<Failure>& failures);

}  // namespace assay::app
