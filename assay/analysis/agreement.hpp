#pragma once
// Do judges say the same? On comparisons that a judge decided (was_decided_by_a_judge), over all
// variants.
//
// Intervals are of level 95 %: percentile bootstrap over clusters (a question with all its variants
// and both its orders is one), or Wilson's for a share of independent comparisons. Agreement beyond
// chance is undefined where chance agreement is complete, as with verdicts that are all ties; then
// the value is empty and `why` says so, never 0 or 1.

#include <optional>
#include <span>
#include <vector>

#include "assay/analysis/raters.hpp"
#include "assay/records/audit.hpp"

namespace assay::analysis {

[[nodiscard]] PairAgreement agreement_of(const Rater& first, const Rater& second);
/// Nothing for fewer than three raters.
[[nodiscard]] std::optional<PanelAgreement> panel_agreement_of(std::span<const Rater> raters);

/// How often a judge's verdicts are what most of the others say, by the judge's confidence: high,
/// medium, low, none, only levels that occur. Where the most frequent verdict of the others is not
/// one, their verdict is a tie. Wilson's intervals, as if comparisons were independent.
[[nodiscard]] std::vector<ConfidenceAgreement> agreement_by_confidence(
    const Rater& judge, std::span<const Rater> others);

}  // namespace assay::analysis
