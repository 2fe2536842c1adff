#pragma once
// From an interval and a margin to a label with its reason.

#include <cstdint>
#include <optional>
#include <string>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// The label that the interval gives, or what a small sample leaves of it (small_sample.hpp);
/// not_measured where there is no interval. `sample` is small_sample_of(evidence). `why` is a
/// sentence without a full stop.
[[nodiscard]] Decision decide_by_interval(const Evidence& evidence,
                                          const Estimate& net_win_rate,
                                          const std::optional<SmallSample>& sample,
                                          const AnalysisSettings& settings);

/// The comparison's decision: not_measured where too little was judged; where too many verdicts
/// failed (more than 5 % each), what holds whatever they would have said; otherwise the interval's.
/// `by_interval` and both cases come from decide_by_interval.
[[nodiscard]] Decision decide(const Counts& counts,
                              const Decision& by_interval,
                              const ExtremeCase& worst_case,
                              const ExtremeCase& best_case);

/// Not measured, at the margin and alpha of another decision. `why` is a sentence.
[[nodiscard]] Decision not_measured(const Decision& like, std::string why);

/// Whether too many results are not known (Counts::unknown) for the interval of the others to
/// decide: more than 5 %, or a question is left out although it has verdicts.
[[nodiscard]] bool too_many_unknown(const Counts& counts);

/// Not measured where more than 5 % of the comparisons are left out because an answer is missing:
/// answers are not missing by chance. Nothing: there are fewer.
[[nodiscard]] std::optional<Decision> too_many_missing(const Counts& counts, const Decision& like);

/// The label that holds whatever failed verdicts would have said, from those without them and with
/// all of them losses or wins. Failures only ever take a claim away: equivalent or non_inferior
/// must hold both ways (equivalent in all three, else non_inferior), degraded even if all were
/// wins. Else inconclusive.
[[nodiscard]] DecisionLabel label_whatever_failed(DecisionLabel without,
                                                  DecisionLabel worst,
                                                  DecisionLabel best);

/// What is left of a decision where too many results are not known (`counts`), from those without
/// them and with all of them losses or wins.
[[nodiscard]] Decision whatever_failed(const Counts& counts,
                                       const Decision& without,
                                       const Decision& worst,
                                       const Decision& best);

}  // namespace assay::analysis
