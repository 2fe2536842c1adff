#pragma once
// The JSON form of what analysis/ computed: the document of `assay stats --json`, and (without its
// schema_version) the statistical part of each entry of report.json's `comparisons`. Key order is
// fixed; a change of meaning raises the schema version.

#include <span>
#include <string>

#include "assay/records/analysis.hpp"

namespace assay::report {

/// Of the document that analysis_to_json gives.
inline constexpr int kAnalysisSchemaVersion = 1;

/// One JSON object on one line: {"value", "low", "high", "confidence", "n", "method"}, with null
/// values and a "why" where it is undefined.
[[nodiscard]] std::string estimate_to_json(const Estimate& estimate);

/// One JSON object, indented by `indent` spaces (negative: on one line), without a final line
/// break: schema_version, counts, win_rate_decisive, loss_rate_decisive, net_win_rate, score,
/// failure_rate, sign_test, effect_size, mde, position (null where the sides are not known),
/// both_orders (null where no question has both), confidence (list), tost, clusters (null where
/// there are none), decision, calibration (null where people labelled nothing), worst_case
/// {decision, net_win_rate}; graded_net_win_rate where there are graded verdicts; and where
/// companions were computed decisive_tost, exact_tost, bayes, cluster_interval (with clusters),
/// outlook. The names of variant, baseline and judge are not in it.
[[nodiscard]] std::string analysis_to_json(const ComparisonAnalysis& analysis, int indent = -1);

/// {people, n_labelled, n_judge_only, n_settled, people_on_labelled, judge_on_labelled, lambda,
/// net, label, label_differs, note}; what could not be had is null, and net.why says why.
[[nodiscard]] std::string calibration_to_json(const Calibration& calibration);

/// {passed, why, identical {n, n_preferred, n_first_preferred, n_failed, side_preferred}, swapped
/// {n, n_lost, swapped_lost}, reformatted {n, n_preferred, form_preferred}, null_preferred, damaged
/// {n, n_lost, n_won, damaged_lost, net_detection, net_detection_of_facts, by_damage [{damage, n,
/// n_lost, n_won, lost, sight}]}, padded {n, n_won, padded_won, prefers_padding}, truncated {n,
/// n_lost, truncated_lost}, n_pending}.
[[nodiscard]] std::string controls_to_json(const ControlsSummary& controls, int indent = -1);

/// An array: what a judge was shown to see each time that the run was extended.
[[nodiscard]] std::string extensions_to_json(std::span<const ExtensionSummary> extensions,
                                             int indent = -1);

/// {n, n_same, same, within_variance, icc}; the last two null where they are undefined.
[[nodiscard]] std::string repeats_to_json(const RepeatStability& repeats, int indent = -1);

}  // namespace assay::report
