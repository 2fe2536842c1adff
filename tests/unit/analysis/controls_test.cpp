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

/// `n` of a damage, of which the damaged answer lost in the first `n_lost` and won in the next
/// `n_won`.
void add_damaged(
    std::vector<ControlOutcome>& out, Damage damage, int n, int n_lost, int n_won = 0) {
    for (int i = 0; i < n; ++i) {
        const bool honest_is_a = i % 2 == 0;
        VerdictState state = VerdictState::kTie;
        if (i < n_lost + n_won) {
            state = (i < n_lost) == honest_is_a ? VerdictState::kA : VerdictState::kB;
        }
        out.push_back({ControlKind::kDamaged, state, honest_is_a, Confidence::kNone, damage});
    }
}

/// As outcomes_of, of a judge that sees most damages.
std::vector<ControlOutcome> seeing(int n_lost, int n_swapped, int n_preferred, int n_identical) {
    auto out = outcomes_of(n_lost, n_swapped, n_preferred, n_identical);
    for (const Damage damage : kDamages) {
        add_damaged(out, damage, 5, 4);
    }
    return out;
}

TEST(CheckControls, SixteenOfTwentyAndTwoOfTwentyPass) {
    const auto passed = check_controls(seeing(16, 20, 2, 20));
    EXPECT_TRUE(passed.passed) << passed.why;
    EXPECT_EQ(passed.n_swapped_lost, 16);
    EXPECT_EQ(passed.n_preferred, 2);
    EXPECT_NEAR(*passed.swapped_lost.low, 0.5634, 1e-4);
    EXPECT_NEAR(*passed.side_preferred.high, 0.3170, 1e-4);
}

TEST(CheckControls, FifteenOfTwentyOrThreeOfTwentyDoNot) {
    const auto blind = check_controls(seeing(15, 20, 0, 20));
    EXPECT_FALSE(blind.passed);
    EXPECT_THAT(blind.why, HasSubstr("lost in only 15 of 20 pairs"));
    const auto biased = check_controls(seeing(20, 20, 3, 20));
    EXPECT_FALSE(biased.passed);
    EXPECT_THAT(biased.why, HasSubstr("preferred a side in 3 of 20 identical pairs"));
}

TEST(CheckControls, ATieOrAFailedVerdictHasNotSeenTheSwappedAnswer) {
    auto outcomes = seeing(20, 20, 0, 20);
    outcomes[0].state = VerdictState::kTie;
    outcomes[1].state = VerdictState::kInvalid;
    outcomes[2].state = VerdictState::kRefused;
    const auto summary = check_controls(outcomes);
    EXPECT_EQ(summary.n_swapped, 20);
    EXPECT_EQ(summary.n_swapped_lost, 17);
    EXPECT_TRUE(summary.passed);
}

TEST(CheckControls, PendingOnesMeanNotPassed) {
    auto outcomes = seeing(20, 20, 0, 20);
    outcomes[5].state = VerdictState::kError;
    const auto summary = check_controls(outcomes);
    EXPECT_FALSE(summary.passed);
    EXPECT_EQ(summary.n_pending, 1);
    EXPECT_THAT(summary.why, HasSubstr("1 of the 65 controls that count have no verdict yet"));
}

TEST(CheckControls, TooFewThatCouldBeMadeMeanNotPassed) {
    const auto summary = check_controls(outcomes_of(0, 0, 0, 20));
    EXPECT_FALSE(summary.passed);
    EXPECT_THAT(summary.why, HasSubstr("only 20 identical, 0 swapped and 0 damaged pairs"));
    EXPECT_FALSE(summary.swapped_lost.value);
    EXPECT_FALSE(check_controls({}).passed);
}

TEST(Gate, AJudgeThatDidNotPassDecidesNothing) {
    Decision decision;
    decision.label = DecisionLabel::kEquivalent;
    decision.margin = 0.15;
    decision.n_more = 7;
    EXPECT_EQ(gate(decision, check_controls(seeing(20, 20, 0, 20))).label,
              DecisionLabel::kEquivalent);
    const Decision gated = gate(decision, check_controls(seeing(3, 20, 0, 20)));
    EXPECT_EQ(gated.label, DecisionLabel::kNotMeasured);
    EXPECT_EQ(gated.margin, 0.15);
    EXPECT_FALSE(gated.n_more);
    EXPECT_THAT(gated.why, HasSubstr("did not pass its controls"));
}

TEST(CheckControls, TruncatedOnesInformAndGateNothing) {
    std::vector<ControlOutcome> all = seeing(20, 20, 0, 20);
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

/// Judges that tell answers to other questions and see nothing else.
TEST(CheckControls, AJudgeThatSeesNoDamageDecidesNothing) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    for (const Damage damage : kDamages) {
        add_damaged(outcomes, damage, 5, 0);
    }
    const ControlsSummary summary = check_controls(outcomes);
    EXPECT_FALSE(summary.passed);
    EXPECT_THAT(summary.why,
                HasSubstr("an answer with a damage lost in 0 and won in 0 of 25 pairs"));
    EXPECT_THAT(summary.why, HasSubstr("number (0 of 5), negation (0 of 5)"));
}

TEST(CheckControls, NineOfTwentyDamagesPassAndEightDoNot) {
    for (const int n_seen : {8, 9}) {
        auto outcomes = outcomes_of(20, 20, 0, 20);
        add_damaged(outcomes, Damage::kHalf, 20, n_seen);
        EXPECT_EQ(check_controls(outcomes).passed, n_seen == 9);
    }
}

TEST(CheckControls, AJudgeThatThrowsACoinOverDamagesDecidesNothing) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    for (const Damage damage : kDamages) {
        add_damaged(outcomes, damage, 6, 3, 3);
    }
    const ControlsSummary summary = check_controls(outcomes);
    EXPECT_FALSE(summary.passed);
    EXPECT_EQ(*summary.damaged_lost.value, 0.5);
    EXPECT_NEAR(*summary.net_detection.value, 0, 1e-12);
}

TEST(CheckControls, AJudgeThatSeesOnlyMissingTextDecidesNothing) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    add_damaged(outcomes, Damage::kHalf, 20, 20);
    add_damaged(outcomes, Damage::kSentence, 20, 20);
    EXPECT_TRUE(check_controls(outcomes).passed) << "no fact could be changed";
    add_damaged(outcomes, Damage::kNumber, 5, 0);
    add_damaged(outcomes, Damage::kNegation, 5, 1);
    const ControlsSummary summary = check_controls(outcomes);
    EXPECT_FALSE(summary.passed);
    EXPECT_THAT(summary.why, HasSubstr("not to its facts: number (0 of 5), negation (1 of 5)"));
    EXPECT_EQ(summary.net_detection_of_facts.n, 10);
}

TEST(CheckControls, EachDamageSaysWhetherItWasSeen) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    add_damaged(outcomes, Damage::kNumber, 10, 10);
    add_damaged(outcomes, Damage::kNegation, 10, 0);
    add_damaged(outcomes, Damage::kHalf, 10, 3);
    const auto rows = check_controls(outcomes).by_damage;
    ASSERT_EQ(rows.size(), 3U);
    EXPECT_EQ(rows[0].sight, Sight::kSees);
    EXPECT_EQ(rows[1].sight, Sight::kDoesNot);
    EXPECT_EQ(rows[2].damage, Damage::kHalf);
    EXPECT_EQ(rows[2].sight, Sight::kTooFewSay);
}

TEST(CheckControls, ARunOfAnEarlierVersionSaysWhatIsMissing) {
    const ControlsSummary summary = check_controls(outcomes_of(20, 20, 0, 20));
    EXPECT_FALSE(summary.passed);
    EXPECT_THAT(summary.why, HasSubstr("assay run asks about some"));
}

TEST(CheckControls, IdenticalAndReformattedPairsCountTogether) {
    for (const int n_preferred : {7, 8}) {
        auto outcomes = seeing(20, 20, 0, 20);
        for (int i = 0; i < 20; ++i) {
            outcomes.push_back({ControlKind::kReformatted,
                                i < n_preferred ? VerdictState::kB : VerdictState::kTie,
                                i % 2 == 0});
        }
        const ControlsSummary summary = check_controls(outcomes);
        EXPECT_EQ(summary.passed, n_preferred == 7) << summary.why;
        EXPECT_EQ(summary.n_reformatted_preferred, n_preferred);
        EXPECT_EQ(summary.null_preferred.n, 40);
    }
}

TEST(CheckControls, AMetricNeedNotSeeDamageAndIsHeldBackForIt) {
    auto outcomes = outcomes_of(20, 20, 0, 20);
    for (const Damage damage : kDamages) {
        add_damaged(outcomes, damage, 10, damage == Damage::kHalf ? 10 : 0);
    }
    for (int i = 0; i < 20; ++i) {
        outcomes.push_back({ControlKind::kReformatted, VerdictState::kA, true});
    }
    const ControlsSummary summary = check_controls(outcomes, true);
    EXPECT_TRUE(summary.passed) << summary.why;
    EXPECT_THAT(why_metric_alone("reference", summary),
                HasSubstr("was not shown to see: number (0 of 10), negation (0 of 10)"));
}

TEST(WhyPadding, AJudgeThatPrefersAFiller) {
    for (const int n_won : {10, 18}) {
        auto outcomes = seeing(20, 20, 0, 20);
        for (int i = 0; i < 20; ++i) {
            outcomes.push_back(
                {ControlKind::kPadded, i < n_won ? VerdictState::kB : VerdictState::kTie, true});
        }
        outcomes.push_back({ControlKind::kPadded, VerdictState::kError, true});
        const ControlsSummary summary = check_controls(outcomes);
        EXPECT_TRUE(summary.passed) << "pending ones that only inform keep nothing waiting";
        EXPECT_EQ(why_padding(summary).empty(), n_won == 10);
    }
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
