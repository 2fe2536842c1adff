#pragma once
// What a panel's judges must each show before they decide together.
//
// Problem: the mean of several judges hides a bad one. A judge that is blind says ties, or as much
// for one side as for the other, and pulls every difference towards 0: the panel then finds
// variants alike that its other judges tell apart.
//
// Rule: a panel is measured only where each of its judges is, by every gate that a judge has when
// it decides alone: its controls and those of extensions, the position, the known-bad variant, the
// share of verdicts that are there. Where too many verdicts of one judge failed, a label counts
// only if it holds whatever they would have said. What holds a judge's own label back holds the
// panel's back. Each of these only takes a decision away.

#include <span>
#include <string>

#include "assay/records/analysis.hpp"

namespace assay::analysis {

/// One judge of a panel on the variant in question.
struct PanelJudge {
    const ComparisonAnalysis* alone = nullptr;  ///< as if it decided alone, gated
    std::string held_back_by;  ///< why a label of it that passes would be held back: a sentence
                               ///< without a full stop; empty: it would not
};

/// Changes the panel's decision, and where a judge's failed verdicts count the p values of its
/// tests, by what its judges are by themselves.
void gate_panel(ComparisonAnalysis& panel, std::span<const PanelJudge> judges);

}  // namespace assay::analysis
