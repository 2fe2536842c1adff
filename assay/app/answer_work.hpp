#pragma once
// What making a plan's answers takes, before anything is loaded.

#include <span>
#include <string>
#include <vector>

#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

[[nodiscard]] int n_threads_of(const Plan& plan);
/// Files that assay runs; a type is made from the baseline's, so both have its number of weights.
[[nodiscard]] std::vector<std::string> files_to_run(const Plan& plan);
/// Of all answers that the plan asks for, if none is there yet: a rule of thumb, within a factor of
/// about two.
[[nodiscard]] double answer_seconds(const Plan& plan, std::span<const Question> questions);

}  // namespace assay::app
