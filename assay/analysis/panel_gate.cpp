#include "assay/analysis/panel_gate.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/analysis/decide.hpp"
#include "assay/analysis/held_back.hpp"

namespace assay::analysis {
namespace {

/// "judge-b is not measured. The judge did not pass its controls ...": all that are not.
std::string unmeasured(std::span<const PanelJudge> judges) {
    std::string out;
    for (const PanelJudge& judge : judges) {
        if (judge.alone->decision.label == DecisionLabel::kNotMeasured) {
            out += fmt::format("{}{}: {}",
                               out.empty() ? "" : " ",
                               judge.alone->judge,
                               judge.alone->decision.why);
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
    if (const std::string why = unmeasured(judges); !why.empty()) {
        panel.decision = not_measured(
            panel.decision,
            fmt::format("Each judge of a panel must be measured by itself, and not all are. {} "
                        "Name other judges in another run directory.",
                        why));
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
                                    : fmt::format("of {}, {}", judge.alone->judge,
                                                  judge.held_back_by);
        panel.decision = hold_back(panel.decision, why);
    }
}

}  // namespace assay::analysis
