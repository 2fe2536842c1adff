#pragma once
// What people would have said, from a part that they labelled (statistics.md 2h).

#include <optional>
#include <span>

#include "assay/analysis/raters.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// With fewer labelled comparisons no calibration is given: neither their spread nor the judge's
/// weight is known then.
inline constexpr std::int64_t kFewestLabels = 20;

/// Of `own`, the analysis of the judge's outcomes; `people` hold the labels of the same variant,
/// and where several labelled one comparison their mean counts. stats::calibrated_mean with
/// Student's t over the labelled clusters, at the level of own.net_win_rate. Identical answers and
/// missing ones are settled: known without judge and people. Nothing where no comparison that the
/// judge decided is labelled. All raters hold one variant (ASSAY_CHECK).
[[nodiscard]] std::optional<Calibration> calibration_of(const Rater& judge,
                                                        std::span<const Rater> people,
                                                        const ComparisonAnalysis& own,
                                                        const AnalysisSettings& settings);

}  // namespace assay::analysis
