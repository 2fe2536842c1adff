#pragma once

#include <span>
#include <string>

#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

/// What a run of the plan will do and about how long it will take, before anything is loaded: sizes of files and of the dataset, and a rule
/// of thumb for this machine's cores. The estimate is within a factor of about two, and says so.
[[nodiscard]] std::string summarize_plan(const Plan& plan, std::span<const Question> questions);

}  // namespace assay::app
