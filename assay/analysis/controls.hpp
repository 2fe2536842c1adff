#pragma once
// Could this judge have seen a difference? (assay sensitivity, statistics.md 2h; the idea is that
// of ICH E10, 2000, section 1.5.) Controls gate: without them passed no decision of the judge
// counts.

#include <span>
#include <string>

#include "assay/records/analysis.hpp"
#include "assay/records/control.hpp"

namespace assay::analysis {

/// The exact (Clopper-Pearson) 95 % interval of "the swapped-in answer lost" must lie above this,
/// so 16 of 20 pass ...
inline constexpr double kSwappedLostAbove = 0.55;
/// ... and that of "a side was preferred" among identical and reformatted pairs below this, so 7 of
/// 40 pass ...
inline constexpr double kPreferredBelow = 1.0 / 3;
/// ... and the 95 % interval of net detection, (damaged answers that lost - that won) / n, above
/// this: 9 of 20 pass if none won. Between two copies of one answer it is 0, as it is drawn by lot
/// which copy would be the damaged one. Of damages to a fact alone it must lie above 0, where there
/// are kFewestOfFacts of them.
/// How often a good judge fails and a blind one passes: docs/validation.md, V28.
inline constexpr double kNetDetectionAbove = 0.2;
inline constexpr std::int64_t kFewestOfFacts = 10;
/// Counts the controls of one judge. A swapped or damaged pair without a usable verdict (INVALID,
/// REFUSED) has not lost; identical and reformatted ones without are left out of their rate.
/// Padded and truncated ones inform and gate nothing here. ERROR and not asked yet: pending, and a
/// judge with any has not passed. Of a metric damaged and reformatted ones inform only: everybody
/// knows that it reads no meaning, so what it decides is held back until the plan accepts it
/// (why_metric_alone).
[[nodiscard]] ControlsSummary check_controls(std::span<const ControlOutcome> outcomes,
                                             bool is_metric = false);

/// The decision of a judge that has not passed: not_measured, with the reason; of one that has, the
/// same.
[[nodiscard]] Decision gate(const Decision& decision, const ControlsSummary& controls);

/// Why the decisions of a judge are held back (held_back.hpp) although it passed its controls: it
/// prefers an answer with an empty filler. A sentence without a full stop; empty: nothing.
[[nodiscard]] std::string why_padding(const ControlsSummary& controls);
/// Why those of a metric are, with the damages that it was not shown to see.
[[nodiscard]] std::string why_metric_alone(const std::string& metric,
                                           const ControlsSummary& controls);
inline constexpr const char* kAcceptMetric =
    "let a model or people judge, or write accept-metric: true under analysis (--accept-metric)";

/// The decision of a judge under which the variant `known_bad` got the decision `of_known_bad`: not
/// degraded means that it does not see what everybody knows, so not_measured.
[[nodiscard]] Decision gate_known_bad(const Decision& decision,
                                      const std::string& known_bad,
                                      const Decision& of_known_bad);

}  // namespace assay::analysis
