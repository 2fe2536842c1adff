#pragma once
// What of a file of outcomes speaks against letting a gate pass, beside its decisions.

#include <string>
#include <vector>

#include "assay/exchange/outcomes.hpp"
#include "assay/records/analysis.hpp"

namespace assay::app {

/// Of the outcomes of one variant and judge, sentences without a full stop; empty: it is not so.
/// The variant always stood on one side.
[[nodiscard]] std::string why_one_sided(const exchange::OutcomeGroup& group,
                                        const ComparisonAnalysis& comparison);
/// All of its answers are the baseline's.
[[nodiscard]] std::string why_a_copy(const exchange::OutcomeGroup& group,
                                     const ComparisonAnalysis& comparison);

/// Decisions of judges whose verdicts follow the position become not_measured
/// (analysis/position_gate.hpp).
void gate_by_position(std::vector<ComparisonAnalysis>& comparisons);

}  // namespace assay::app
