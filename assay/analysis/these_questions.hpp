#pragma once
// The net win rate on exactly the questions that were asked: another claim than the one that is
// decided on, which is about questions like them (docs/statistics.md, "These questions"). Never
// decided on.

#include <optional>
#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// From several samples of a question or, without them, from both orders; with the interval at
/// `confidence`. Questions with a verdict of one sample, or in one order, are left out; n counts
/// the others. Nothing where fewer than two are left.
[[nodiscard]] std::optional<Estimate> these_questions_of(std::span<const Outcome> outcomes,
                                                         const Dependence& dependence,
                                                         double confidence);

}  // namespace assay::analysis
