#pragma once
// Outcomes of one comparison (a variant, the baseline, a judge) -> counts, estimates, tests,
// decision. Pure: the same outcomes and settings give the same record, bit for bit, in whatever
// order the outcomes come.
//
// What is used where:
//   - Counts: n_items = n + invalid + errors + refused + not_judged + no_answer_baseline, and n =
//     wins + ties + losses.
//   - Clusters: questions that share a cluster (or comparisons of one question) are dependent. As
//     soon as one cluster has two counted comparisons, the deciding interval is Tango's with all
//     counts divided by max(1, design effect) and Student's t with G - 1 degrees of freedom in
//     place of the normal quantile (statistics.md 2j), and the tests of equivalence likewise.
//   - Failed verdicts and missing answers: INVALID, ERROR and REFUSED are never ties. Above 5 % of
//     n + failed + left out a label counts only if it holds with each of them a loss and with each
//     of them a win; net_win_rate stays that of the counts.
//   - Not measured: nothing has a verdict; or more than 5 % of the pairs that need a call (all but
//     identical answers and missing ones) are ERROR or not judged; or more than 5 % are left out as
//     an answer is missing; or only identical pairs are settled while others need a call.
//   - Position and confidence: tables of the comparisons that a judge decided. Identical answers
//     and a variant that gave no answer are left out, as nobody was asked about them.

#include <cstdint>
#include <span>

#include "assay/analysis/stopping.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// Fills everything but the names of variant, baseline and judge. `settings` must lie in the ranges
/// that its fields name (ASSAY_CHECK). The order of judging plays no part, and settings.stopping is
/// not looked at.
[[nodiscard]] ComparisonAnalysis analyse(std::span<const Outcome> outcomes,
                                         const AnalysisSettings& settings);

/// As above where the dependence of these outcomes is known already.
[[nodiscard]] ComparisonAnalysis analyse(std::span<const Outcome> outcomes,
                                         const Dependence& dependence,
                                         const AnalysisSettings& settings);

/// Of a judge whose verdicts come in an order and may stop early (stopping.hpp): `in_order` holds
/// every planned comparison, sorted by order_index, those that were not judged included.
/// `plan.judge_costs_nothing` gives what analyse() gives, with a `stopping` that says so.
///
/// Without an early stop, net_win_rate, tost and decision are those of all outcomes at the level
/// that the design leaves for the end (1 - 2 * 0.8 alpha for a hybrid). After one they are those of
/// the leading comparisons, by the interval that the stop is valid with: a hybrid's confidence
/// sequence, with anytime-valid p values in `tost`, or Tango's interval at the look's boundary.
/// Every other figure is of the leading comparisons then, too, and the rest is in
/// counts.not_judged, whatever is known of it, but for a baseline without an answer; that does not
/// make the label not_measured.
[[nodiscard]] ComparisonAnalysis analyse_in_order(std::span<const Outcome> in_order,
                                                  const JudgingPlan& plan,
                                                  const AnalysisSettings& settings);

/// As analyse() from counts alone (each >= 0): sides, confidences and clusters are not known, so
/// `position` and `clusters` are empty and `confidence` has no rows; every comparison is taken as
/// independent of the others and as put to a judge.
[[nodiscard]] ComparisonAnalysis analyse_counts(std::int64_t wins,
                                                std::int64_t losses,
                                                std::int64_t ties,
                                                const AnalysisSettings& settings);

}  // namespace assay::analysis
