#pragma once
// Could this judge have seen a difference? (assay sensitivity, statistics.md 2h; the idea is that
// of ICH E10, 2000, section 1.5.) Controls gate: without them passed no decision of the judge
// counts.

#include <span>
#include <string>

#include "assay/records/analysis.hpp"
#include "assay/records/control.hpp"

namespace assay::analysis {

/// The exact (Clopper-Pearson) 95 % interval of "the swapped-in answer lost" must lie above this
/// ...
inline constexpr double kSwappedLostAbove = 0.6;
/// ... and that of "a side was preferred" among identical pairs below this.
inline constexpr double kPreferredBelow = 0.3;
/// Counts the controls of one judge. A swapped pair without a usable verdict (INVALID, REFUSED) has
/// not lost; identical ones without are left out of their rate. Truncated ones inform and gate
/// nothing. ERROR and not asked yet: pending, and a judge with any has not passed.
[[nodiscard]] ControlsSummary check_controls(std::span<const ControlOutcome> outcomes);

/// The decision of a judge that has not passed: not_measured, with the reason; of one that has, the
/// same.
[[nodiscard]] Decision gate(const Decision& decision, const ControlsSummary& controls);

/// The decision of a judge under which the variant `known_bad` got the decision `of_known_bad`: not
/// degraded means that it does not see what everybody knows, so not_measured.
[[nodiscard]] Decision gate_known_bad(const Decision& decision,
                                      const std::string& known_bad,
                                      const Decision& of_known_bad);

}  // namespace assay::analysis
