#pragma once

#include <optional>
#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// Fractional logit of the score on tanh(length difference / its standard deviation) and position
/// (stats::length_controlled), at level 1 - 2 alpha with a normal interval. Comparisons are taken
/// as independent. Empty if a counted outcome has no length difference.
[[nodiscard]] std::optional<LengthControl> length_control_of(std::span<const Outcome> outcomes,
                                                             const Estimate& unadjusted,
                                                             const AnalysisSettings& settings);

}  // namespace assay::analysis
