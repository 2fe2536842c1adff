#include "assay/analysis/position_gate.hpp"

#include <gtest/gtest.h>

#include <array>

#include "assay/analysis/analyse.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

/// Of balanced sides: how often each side won with the variant shown first, then second.
ComparisonAnalysis sides(PositionRow variant_first, PositionRow variant_second) {
    ComparisonAnalysis out;
    out.position.emplace();
    out.position->variant_first = variant_first;
    out.position->variant_second = variant_second;
    return out;
}

std::string why(const ComparisonAnalysis& analysis) {
    const std::array<const ComparisonAnalysis*, 1> one{&analysis};
    return why_position_decides(one);
}

TEST(PositionGate, OfAJudgeThatAlwaysPrefersASideMeasuresNothing) {
    EXPECT_NE(why(sides({.wins = 50}, {.losses = 50})).find("shown first won 100 of 100"),
              std::string::npos);
    EXPECT_NE(why(sides({.losses = 50}, {.wins = 50})).find("shown second won 100 of 100"),
              std::string::npos);
    EXPECT_NE(why(sides({.wins = 46, .losses = 4, .ties = 9}, {.wins = 5, .losses = 45})), "");
}

TEST(PositionGate, LetsAVariantPassThatReallyWinsOrLoses) {
    EXPECT_EQ(why(sides({.wins = 95, .losses = 5}, {.wins = 95, .losses = 5})), "");
    EXPECT_EQ(why(sides({.wins = 5, .losses = 95}, {.wins = 5, .losses = 95})), "");
    // Nine of ten were shown with the variant first: it is still the variant that wins.
    EXPECT_EQ(why(sides({.wins = 90}, {.wins = 9})), "");
    // Of one side alone nothing can be told apart; that is said elsewhere.
    EXPECT_EQ(why(sides({.wins = 90}, {})), "");
    EXPECT_EQ(why(sides({.wins = 40, .losses = 10}, {.wins = 12, .losses = 38})), "")
        << "a bias that is seen, and is not all: 78 of 100";
}

TEST(PositionGate, NeedsEnoughDecisiveVerdicts) {
    EXPECT_EQ(why(sides({.wins = 9}, {.losses = 10})), "") << "19 are too few";
    EXPECT_NE(why(sides({.wins = 10}, {.losses = 10})), "");
    EXPECT_EQ(why(sides({.wins = 9, .losses = 1}, {.wins = 1, .losses = 9})), "")
        << "18 of 20: the interval begins at 0.68";
}

TEST(PositionGate, CountsAllVariantsOfAJudge) {
    const ComparisonAnalysis a = sides({.wins = 6}, {.losses = 6}), b = a;
    const std::array<const ComparisonAnalysis*, 2> both{&a, &b};
    EXPECT_EQ(why(a), "");
    EXPECT_NE(why_position_decides(both), "");
    const ComparisonAnalysis bare;
    EXPECT_EQ(why(bare), "") << "bare counts know no sides";
}

TEST(PositionGate, MeasuresNothingWhereTheOrderFlipsMostVerdicts) {
    ComparisonAnalysis analysis;
    analysis.both_orders.emplace();
    analysis.both_orders->n = 40;
    analysis.both_orders->n_flipped = 32;
    EXPECT_NE(why(analysis).find("changed the verdict on 32 of 40"), std::string::npos);
    analysis.both_orders->n_flipped = 24;
    EXPECT_EQ(why(analysis), "") << "60 %: the interval begins below a half";
    analysis.both_orders->n = analysis.both_orders->n_flipped = 19;
    EXPECT_EQ(why(analysis), "") << "too few";
}

TEST(PositionGate, TakesADecisionAwayAndGivesNone) {
    Decision equivalent;
    equivalent.label = DecisionLabel::kEquivalent;
    const Decision gated = gate_position(equivalent, "the place decided");
    EXPECT_EQ(gated.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(gated.why.find("follow the position: the place decided. Take another judge."),
              std::string::npos)
        << gated.why;
    EXPECT_EQ(gate_position(equivalent, "").label, DecisionLabel::kEquivalent);
    Decision before;
    before.why = "no verdict";
    EXPECT_EQ(gate_position(before, "the place decided").why, "no verdict");
}

}  // namespace
}  // namespace assay::analysis
