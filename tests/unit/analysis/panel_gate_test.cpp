#include "assay/analysis/panel_gate.hpp"

#include <gtest/gtest.h>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/decide.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

std::vector<Outcome> numbered(std::vector<Outcome> outcomes, int judge) {
    for (Outcome& each : outcomes) {
        each.judge = judge;
    }
    return outcomes;
}

/// A panel of two judges, and each of them alone.
struct Panel {
    ComparisonAnalysis first, second, both;

    Panel(const std::vector<Outcome>& a, const std::vector<Outcome>& b)
        : first(analyse(a, AnalysisSettings())), second(analyse(b, AnalysisSettings())) {
        std::vector<Outcome> all = numbered(a, 0);
        for (const Outcome& each : numbered(b, 1)) {
            all.push_back(each);
        }
        both = analyse(all, AnalysisSettings());
        first.judge = "first";
        second.judge = "second";
    }
    void gate(const std::string& held_back_by = "") {
        gate_panel(both, std::vector<PanelJudge>{{&first, ""}, {&second, held_back_by}});
    }
};

std::vector<Outcome> alike() {
    return OutcomeList().wins(20).losses(20).ties(360).outcomes;
}

TEST(PanelGate, LeavesAPanelWhoseJudgesAreAllMeasured) {
    Panel panel(alike(), alike());
    panel.gate();
    EXPECT_EQ(panel.both.decision.label, DecisionLabel::kEquivalent) << panel.both.decision.why;
}

TEST(PanelGate, NothingIsMeasuredWhereOneJudgeIsNot) {
    Panel panel(alike(), alike());
    panel.second.decision = not_measured(panel.second.decision, "It sees nothing.");
    panel.gate();
    EXPECT_EQ(panel.both.decision.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(panel.both.decision.why.find("second: It sees nothing."), std::string::npos)
        << panel.both.decision.why;
    EXPECT_TRUE(panel.both.decision.why.starts_with("second is not measured, and each judge"))
        << panel.both.decision.why;
    EXPECT_EQ(panel.both.decision.why.find("first"), std::string::npos);
}

TEST(PanelGate, AJudgeThatWasNotAskedAboutAllIsNotMeasured) {
    // Of the panel 4 % are not judged, of the second judge 8 %.
    Panel panel(
        alike(),
        OutcomeList().wins(20).losses(20).ties(328).add(32, OutcomeKind::kNotJudged).outcomes);
    EXPECT_EQ(panel.both.decision.label, DecisionLabel::kEquivalent) << panel.both.decision.why;
    EXPECT_EQ(panel.second.decision.label, DecisionLabel::kNotMeasured);
    panel.gate();
    EXPECT_EQ(panel.both.decision.label, DecisionLabel::kNotMeasured);
}

TEST(PanelGate, WhatFailedOfOneJudgeMayHaveBeenAnything) {
    // Losses of the second judge alone would be 8 % of its verdicts, and 4 % of the panel's.
    const std::vector<Outcome> failing = OutcomeList()
                                             .wins(20)
                                             .losses(36)
                                             .ties(312)
                                             .add(32, OutcomeKind::kInvalid)
                                             .outcomes;
    Panel panel(OutcomeList().wins(20).losses(36).ties(344).outcomes, failing);
    EXPECT_TRUE(passes(panel.both.decision.label)) << panel.both.decision.why;
    EXPECT_FALSE(too_many_unknown(panel.both.counts));
    EXPECT_TRUE(too_many_unknown(panel.second.counts));
    const double p_before = panel.both.tost.p_lower;
    panel.gate();
    EXPECT_EQ(panel.both.decision.label,
              label_whatever_failed(DecisionLabel::kEquivalent,
                                    panel.both.worst_case.decision.label,
                                    panel.both.best_case.decision.label));
    EXPECT_NE(panel.both.decision.why.find("Of second: 32 of 400 verdicts are INVALID"),
              std::string::npos)
        << panel.both.decision.why;
    EXPECT_GT(panel.both.tost.p_lower, p_before) << "a claim rests on the worst case, too";
}

TEST(PanelGate, WhatHoldsOneJudgeBackHoldsThePanelBack) {
    Panel panel(alike(), alike());
    panel.gate("the longer answer won nearly always");
    EXPECT_EQ(panel.both.decision.label, DecisionLabel::kInconclusive);
    EXPECT_NE(panel.both.decision.why.find("of second, the longer answer won"), std::string::npos)
        << panel.both.decision.why;
}

}  // namespace
}  // namespace assay::analysis
