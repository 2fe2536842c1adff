#pragma once
// What `assay stats` shows beside the decision: other tests and intervals of the same question, and
// what would change the decision. None of it decides. Not part of analyse(), as some of it takes
// tenths of a second.

#include <span>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// Below this many comparisons the exact unconditional test is given: the score test's size may be
/// above alpha there (statistics.md 2d: at most .058 from 100 on).
inline constexpr std::int64_t kExactTostBelow = 100;

/// Fills `companions` of an analysis of these outcomes under these settings.
void add_companions(ComparisonAnalysis& analysis,
                    std::span<const Outcome> outcomes,
                    const Dependence& dependence,
                    const AnalysisSettings& settings);
/// As above where only counts are known.
void add_companions(ComparisonAnalysis& analysis, const AnalysisSettings& settings);

}  // namespace assay::analysis
