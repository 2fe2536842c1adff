#include "assay/analysis/panel_gate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/held_back.hpp"

namespace assay::analysis {
namespace {

/// Of all that are not: "judge-b", and "judge-b: The judge did not pass its controls ...".
struct Unmeasured {
    std::string names;
    std::string reasons;
    int n = 0;
};

Unmeasured unmeasured_of(std::span<const PanelJudge> judges) {
    Unmeasured out;
    for (const PanelJudge& judge : judges) {
        const ComparisonAnalysis& alone = *judge.alone;
        if (alone.decision.label == DecisionLabel::kNotMeasured) {
            out.names += (out.n > 0 ? " and " : "") + alone.judge;
            out.reasons += fmt::format(" {}: {}", alone.judge, alone.decision.why);
            ++out.n;
        }
    }
    return out;
}

/// The tests that a claim of several variants rests on, so that they hold it, too.
void take_extreme_tests(ComparisonAnalysis& panel) {
    EquivalenceTest& tost = panel.tost;
    tost.p_lower = std::max(tost.p_lower, panel.worst_case.p_not_worse);
    tost.p_upper = std::max(tost.p_upper, panel.best_case.p_not_better);
    tost.p_tost = std::max({tost.p_tost, tost.p_lower, tost.p_upper});
}

}  // namespace

void gate_panel(ComparisonAnalysis& panel, std::span<const PanelJudge> judges) {
    if (const Unmeasured unmeasured = unmeasured_of(judges); unmeasured.n > 0) {
        panel.decision = not_measured(
            panel.decision,
            fmt::format("{} {} not measured, and each judge of a panel must be.{} To decide with "
                        "other judges, take another run directory.",
                        unmeasured.names,
                        unmeasured.n == 1 ? "is" : "are",
                        unmeasured.reasons));
        return;
    }
    for (const PanelJudge& judge : judges) {
        if (too_many_unknown(judge.alone->counts) && !too_many_unknown(panel.counts)) {
            panel.decision = whatever_failed(judge.alone->counts,
                                             panel.decision,
                                             panel.worst_case.decision,
                                             panel.best_case.decision);
            panel.decision.why = fmt::format("Of {}: {}", judge.alone->judge, panel.decision.why);
            take_extreme_tests(panel);
            break;
        }
    }
    for (const PanelJudge& judge : judges) {
        const std::string why = judge.held_back_by.empty()
                                    ? std::string()
                                    : fmt::format(
                                          "of {}, {}", judge.alone->judge, judge.held_back_by);
        panel.decision = hold_back(panel.decision, why);
    }
}

}  // namespace assay::analysis
