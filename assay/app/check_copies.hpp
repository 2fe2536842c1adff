#pragma once
// Copies of a question where exactly the asked questions are decided on.

#include <span>

#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

/// Throws Error(kUsage) where the plan decides about exactly these questions and two of them are
/// copies: they have the same dice and the same answers, so their verdicts vary together, and no
/// clusters are looked at there.
void check_copies(const Plan& plan, std::span<const Question> questions);

}  // namespace assay::app
