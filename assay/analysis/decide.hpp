#pragma once
// From an interval and a margin to a label with its reason.

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// The label that the interval alone gives; not_measured where there is no interval. `why` is a sentence without a full
/// stop.
[[nodiscard]] Decision decide_by_interval(const Evidence& evidence,
                                          const Estimate& net_win_rate,
                                          const AnalysisSettings& settings);

/// The comparison's decision: not_measured where too little was judged, the worst case's label where too many verdicts
/// failed (more than 5 % each), otherwise the interval's. `by_interval` and `worst_case` come from decide_by_interval.
[[nodiscard]] Decision decide(const Counts& counts, const Decision& by_interval, const WorstCase& worst_case);

}  // namespace assay::analysis
