#pragma once

#include <optional>
#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// The mean of what graded verdicts say of their strength; plain ones count as -1, 0 or 1. With the
/// interval of the CR1 variance, at the level that decides. Sorted, so that rounding does not
/// depend on the outcomes' order. Nothing: no verdict is graded.
[[nodiscard]] std::optional<Estimate> graded_rate_of(std::span<const Outcome> outcomes,
                                                     const Dependence& dependence,
                                                     double alpha);

}  // namespace assay::analysis
