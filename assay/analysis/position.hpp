#pragma once
// Does the judge favour a side? Tables by side, and questions that were judged in both orders.
// About the comparisons that a judge decided (was_decided_by_a_judge) and whose sides are known.

#include <optional>
#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// Nothing where no side is known. Where several of these comparisons depend on each other, the
/// intervals are those of the cluster-robust variance (CR1) with Student's t.
[[nodiscard]] std::optional<Position> position_of(std::span<const Outcome> outcomes,
                                                  const Dependence& dependence);
/// Nothing where no question was decided in each order. A question with several verdicts in one
/// order is left out.
[[nodiscard]] std::optional<BothOrders> both_orders_of(std::span<const Outcome> outcomes,
                                                       const Dependence& dependence);

}  // namespace assay::analysis
