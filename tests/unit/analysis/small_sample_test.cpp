#include "assay/analysis/small_sample.hpp"

#include <gtest/gtest.h>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/companions.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

Decision counted(std::int64_t wins, std::int64_t losses, std::int64_t ties, double margin = 0.1) {
    return analyse_counts(wins, losses, ties, {.margin = margin}).decision;
}

bool says(const Decision& decision, const std::string& text) {
    return decision.why.find(text) != std::string::npos;
}

/// `n` clusters of `size` verdicts of this kind each.
std::vector<Outcome> clusters_of(int n, int size, OutcomeKind kind) {
    OutcomeList list;
    list.add(n * size, kind);
    for (std::size_t i = 0; i < list.outcomes.size(); ++i) {
        list.outcomes[i].cluster = fmt::format("c{}", i / static_cast<std::size_t>(size));
    }
    return list.outcomes;
}

TEST(SmallSample, BelowTenNothingIsDecided) {
    for (const auto& [wins, losses] : {std::pair{3, 0}, {0, 3}, {9, 0}, {0, 9}}) {
        const Decision d = counted(wins, losses, 0);
        EXPECT_EQ(d.label, DecisionLabel::kNotMeasured) << wins;
        EXPECT_TRUE(says(d, "below 10 nothing is decided")) << d.why;
    }
    EXPECT_TRUE(says(counted(1, 0, 0), "Only 1 question with a verdict"));
}

TEST(SmallSample, TheIntervalAloneDoesNotDecide) {
    // The interval says non-inferior; three of twelve losses are as likely as not at the margin.
    const ComparisonAnalysis a = analyse_counts(4, 0, 8, {});
    ASSERT_GT(*a.net_win_rate.low, -0.1);
    ASSERT_TRUE(a.small_sample);
    const bool agrees = a.small_sample->p_not_worse < 0.05;
    EXPECT_EQ(a.decision.label == DecisionLabel::kNonInferior, agrees);
    // All ties of 28 would be equivalent by the interval at a margin of 10 points.
    const ComparisonAnalysis ties = analyse_counts(0, 0, 28, {});
    ASSERT_GT(*ties.net_win_rate.low, -0.1);
    EXPECT_EQ(ties.decision.label, DecisionLabel::kInconclusive);
    EXPECT_TRUE(
        says(ties.decision, "The interval alone would say equivalent, but of only 28 questions"))
        << ties.decision.why;
    EXPECT_TRUE(says(ties.decision, "p = 0.0523, not below 0.05")) << ties.decision.why;
    ASSERT_TRUE(ties.decision.n_more);
    EXPECT_GE(*ties.decision.n_more, 13);
}

TEST(SmallSample, WhereTheExactTestAgreesTheLabelStandsAndSaysSo) {
    const Decision better = counted(14, 0, 6), worse = counted(0, 14, 6);
    EXPECT_EQ(better.label, DecisionLabel::kNonInferior);
    EXPECT_TRUE(better.detectably_better);
    EXPECT_TRUE(says(better, "with only 20 questions the exact unconditional test is asked, too"));
    EXPECT_EQ(worse.label, DecisionLabel::kDegraded);
    EXPECT_TRUE(worse.beyond_margin);
    EXPECT_EQ(counted(0, 0, 29).label, DecisionLabel::kEquivalent) << "0.9^29 = 0.047";
}

TEST(SmallSample, AboveFortyTheIntervalDecidesAlone) {
    EXPECT_TRUE(analyse_counts(0, 0, 40, {}).small_sample);
    EXPECT_FALSE(analyse_counts(0, 0, 41, {}).small_sample);
    EXPECT_EQ(counted(0, 0, 41).label, DecisionLabel::kEquivalent);
    EXPECT_FALSE(says(counted(0, 0, 41), "exact"));
}

TEST(SmallSample, ClustersCountAsOneEach) {
    const ComparisonAnalysis a = analyse(clusters_of(12, 5, OutcomeKind::kTie), {});
    ASSERT_TRUE(a.small_sample);
    EXPECT_EQ(a.small_sample->n_units, 12);
    EXPECT_NE(a.decision.label, DecisionLabel::kEquivalent) << a.decision.why;
    const Decision d = analyse(clusters_of(9, 20, OutcomeKind::kWin), {}).decision;
    EXPECT_EQ(d.label, DecisionLabel::kNotMeasured);
    EXPECT_TRUE(says(d, "Only 9 clusters")) << d.why;
}

/// 40 clusters, of which the first has this many of all comparisons; every verdict a tie.
Decision with_largest(std::size_t n_in_first, std::size_t n_others_each) {
    OutcomeList list = OutcomeList().ties(static_cast<int>(n_in_first + 39 * n_others_each));
    for (std::size_t i = 0; i < list.outcomes.size(); ++i) {
        list.outcomes[i].cluster = i < n_in_first
                                       ? "large"
                                       : fmt::format("c{}", (i - n_in_first) / n_others_each);
    }
    return analyse(list.outcomes, {}).decision;
}

TEST(SmallSample, OneClusterWithHalfOfAllIsNotFortyClusters) {
    EXPECT_EQ(with_largest(10, 10).label, DecisionLabel::kEquivalent) << "balanced";
    for (const std::size_t n_in_first : {195U, 400U, 1600U}) {  // a third, half, 80 %
        const Decision d = with_largest(n_in_first, 10);
        EXPECT_EQ(d.label, DecisionLabel::kNotMeasured) << n_in_first << ": " << d.why;
        EXPECT_TRUE(says(d, "luster")) << d.why;
    }
}

TEST(SmallSample, TheWorstCaseIsDecidedTheSameWay) {
    const ComparisonAnalysis a = analyse(
        OutcomeList().wins(12).add(1, OutcomeKind::kInvalid).outcomes, {});
    EXPECT_NE(a.decision.label, DecisionLabel::kEquivalent);
    EXPECT_TRUE(says(a.worst_case.decision, "13 questions")) << a.worst_case.decision.why;
}

TEST(SmallSample, WhatWouldChangeTheLabelKnowsTheExactTest) {
    ComparisonAnalysis a = analyse_counts(0, 0, 29, {});
    add_companions(a, {});
    for (const LabelFlip& flip : a.companions->outlook.flips) {
        if (flip.change == "ties_to_losses") {
            EXPECT_EQ(flip.n, 1);
            EXPECT_EQ(flip.label, DecisionLabel::kInconclusive);
        }
    }
    EXPECT_FALSE(a.companions->outlook.smallest_margin_equivalent)
        << "the interval alone does not say it";
}

TEST(SmallSample, CountsAreRoundedAgainstEachClaim) {
    Evidence evidence = evidence_of_counts(5, 2, 13);
    evidence.clusters = ClusterSummary();
    evidence.clusters->n_clusters = 12;
    evidence.clusters->n_effective = 12;
    evidence.verdict_design_effect = 20.0 / 12;
    const SmallSample sample = ExactTests(12, 0.1).of(evidence);
    EXPECT_DOUBLE_EQ(sample.p_not_worse, ExactTests(12, 0.1).of(3, 2).p_not_worse);
    EXPECT_DOUBLE_EQ(sample.p_worse, ExactTests(12, 0.1).of(3, 1).p_worse);
}

TEST(SmallSample, CharacteristicsAreProbabilities) {
    const auto alike = small_sample_characteristics(
        {.n = 20, .decisive_rate = 0.3, .delta = 0, .margin = 0.2, .alpha = 0.05}, 0.05);
    ASSERT_TRUE(alike);
    EXPECT_NEAR(
        alike->p_equivalent + alike->p_non_inferior + alike->p_degraded + alike->p_inconclusive,
        1,
        1e-12);
    EXPECT_LE(alike->p_degraded, 0.05);
    const auto at_margin = small_sample_characteristics(
        {.n = 20, .decisive_rate = 0.3, .delta = -0.2, .margin = 0.2, .alpha = 0.05}, 0.05);
    EXPECT_LE(at_margin->p_equivalent + at_margin->p_non_inferior, 0.05);
    EXPECT_FALSE(
        small_sample_characteristics({.n = 20, .decisive_rate = 0.1, .delta = -0.2}, 0.05));
}

}  // namespace
}  // namespace assay::analysis
