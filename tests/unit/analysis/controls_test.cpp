#include "assay/analysis/controls.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace assay::analysis {
namespace {

using testing::HasSubstr;

std::vector<ControlOutcome> outcomes_of(int n_lost,
                                        int n_swapped,
                                        int n_preferred,
                                        int n_identical) {
    std::vector<ControlOutcome> out;
    for (int i = 0; i < n_swapped; ++i) {
        const bool honest_is_a = i % 2 == 0;
        const bool honest_wins = i < n_lost;
        out.push_back({ControlKind::kSwapped,
                       honest_wins == honest_is_a ? VerdictState::kA : VerdictState::kB,
                       honest_is_a});
    }
    for (int i = 0; i < n_identical; ++i) {
        out.push_back({ControlKind::kIdentical,
                       i < n_preferred ? VerdictState::kA : VerdictState::kTie,
                       i % 2 == 0});
    }
    return out;
}

TEST(CheckControls, SeventeenOfTwentyAndOneOfTwentyPass) {
    const auto passed = check_controls(outcomes_of(17, 20, 1, 20));
    EXPECT_TRUE(passed.passed) << passed.why;
    EXPECT_EQ(passed.n_swapped_lost, 17);
    EXPECT_EQ(passed.n_preferred, 1);
    EXPECT_NEAR(*passed.swapped_lost.low, 0.6211, 1e-4);
    EXPECT_NEAR(*passed.side_preferred.high, 0.2487, 1e-4);
}

TEST(CheckControls, SixteenOfTwentyOrTwoOfTwentyDoNot) {
    const auto blind = check_controls(outcomes_of(16, 20, 0, 20));
    EXPECT_FALSE(blind.passed);
    EXPECT_THAT(blind.why, HasSubstr("lost in only 16 of 20 pairs"));
    const auto biased = check_controls(outcomes_of(20, 20, 2, 20));
    EXPECT_FALSE(biased.passed);
    EXPECT_THAT(biased.why, HasSubstr("preferred a side in 2 of 20 identical pairs"));
}

TEST(CheckControls, ATieOrAFailedVerdictHasNotSeenTheSwappedAnswer) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    outcomes[0].state = VerdictState::kTie;
    outcomes[1].state = VerdictState::kInvalid;
    outcomes[2].state = VerdictState::kRefused;
    const auto summary = check_controls(outcomes);
    EXPECT_EQ(summary.n_swapped, 20);
    EXPECT_EQ(summary.n_swapped_lost, 17);
    EXPECT_TRUE(summary.passed);
}

TEST(CheckControls, PendingOnesMeanNotPassed) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    outcomes[5].state = VerdictState::kError;
    const auto summary = check_controls(outcomes);
    EXPECT_FALSE(summary.passed);
    EXPECT_EQ(summary.n_pending, 1);
    EXPECT_THAT(summary.why, HasSubstr("1 of the 40 controls that count have no verdict yet"));
}

TEST(CheckControls, TooFewThatCouldBeMadeMeanNotPassed) {
    const auto summary = check_controls(outcomes_of(0, 0, 0, 20));
    EXPECT_FALSE(summary.passed);
    EXPECT_THAT(summary.why, HasSubstr("only 20 identical and 0 swapped pairs"));
    EXPECT_FALSE(summary.swapped_lost.value);
    EXPECT_FALSE(check_controls({}).passed);
}

TEST(Gate, AJudgeThatDidNotPassDecidesNothing) {
    Decision decision;
    decision.label = DecisionLabel::kEquivalent;
    decision.margin = 0.15;
    decision.n_more = 7;
    EXPECT_EQ(gate(decision, check_controls(outcomes_of(20, 20, 0, 20))).label,
              DecisionLabel::kEquivalent);
    const Decision gated = gate(decision, check_controls(outcomes_of(3, 20, 0, 20)));
    EXPECT_EQ(gated.label, DecisionLabel::kNotMeasured);
    EXPECT_EQ(gated.margin, 0.15);
    EXPECT_FALSE(gated.n_more);
    EXPECT_THAT(gated.why, HasSubstr("did not pass its controls"));
}

TEST(CheckControls, TruncatedOnesInformAndGateNothing) {
    std::vector<ControlOutcome> all = outcomes_of(20, 20, 0, 20);
    for (int i = 0; i < 10; ++i) {
        all.push_back({ControlKind::kTruncated, i < 4 ? VerdictState::kA : VerdictState::kB, true});
    }
    all.push_back({ControlKind::kTruncated, VerdictState::kError, true});
    const ControlsSummary summary = check_controls(all);
    EXPECT_TRUE(summary.passed) << summary.why;
    EXPECT_EQ(summary.n_pending, 0);
    EXPECT_EQ(summary.n_truncated, 10);
    EXPECT_EQ(summary.n_truncated_lost, 4);
    EXPECT_DOUBLE_EQ(*summary.truncated_lost.value, 0.4);
}

TEST(GateKnownBad, AJudgeThatDoesNotFindItDegradedDecidesNothing) {
    Decision equivalent;
    equivalent.label = DecisionLabel::kEquivalent;
    equivalent.margin = 0.1;
    Decision bad;
    bad.label = DecisionLabel::kDegraded;
    EXPECT_EQ(gate_known_bad(equivalent, "Q2_K", bad).label, DecisionLabel::kEquivalent);
    for (const DecisionLabel label : {DecisionLabel::kEquivalent,
                                      DecisionLabel::kNonInferior,
                                      DecisionLabel::kInconclusive,
                                      DecisionLabel::kNotMeasured}) {
        bad.label = label;
        const Decision gated = gate_known_bad(equivalent, "Q2_K", bad);
        EXPECT_EQ(gated.label, DecisionLabel::kNotMeasured);
        EXPECT_EQ(gated.margin, 0.1);
        EXPECT_THAT(gated.why, HasSubstr("Q2_K"));
    }
}

}  // namespace
}  // namespace assay::analysis
