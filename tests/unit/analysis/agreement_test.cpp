#include "assay/analysis/agreement.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "builders.hpp"

namespace assay::analysis {
namespace {

constexpr std::array<OutcomeKind, 3> kKinds{
    OutcomeKind::kLoss, OutcomeKind::kTie, OutcomeKind::kWin};

/// Outcomes of questions q00000 ...; a number a question: -1 loss, 0 tie, 1 win, 9 not judged.
std::vector<Outcome> said(const std::vector<int>& values) {
    OutcomeList list;
    for (const int value : values) {
        list.add(
            1, value == 9 ? OutcomeKind::kNotJudged : kKinds[static_cast<std::size_t>(value + 1)]);
    }
    return list.outcomes;
}

/// Two raters whose table is this one.
std::pair<std::vector<Outcome>, std::vector<Outcome>> with_table(
    const std::vector<std::vector<int>>& table) {
    OutcomeList first, second;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            first.add(table[i][j], kKinds[i]);
            second.add(table[i][j], kKinds[j]);
        }
    }
    return {first.outcomes, second.outcomes};
}

// scikit-learn 1.9.1 and statsmodels 0.15.0: tests/unit/stats/agreement_test.cpp.
TEST(AgreementOf, TwoJudgesIsTheirTableWithItsKappa) {
    const auto [first, second] = with_table({{30, 9, 4}, {7, 41, 10}, {2, 6, 45}});
    const PairAgreement pair = agreement_of({"one", {first}}, {"two", {second}});
    EXPECT_EQ(pair.n, 154);
    EXPECT_EQ(pair.n_same, 116);
    EXPECT_EQ(pair.table[0][2], 4);
    EXPECT_EQ(pair.table[2][0], 2);
    EXPECT_NEAR(*pair.same.value, 116.0 / 154, 1e-12);
    EXPECT_EQ(pair.same.method, "Wilson score interval");
    EXPECT_NEAR(*pair.kappa.value, 0.6264044943820225, 1e-12);
    EXPECT_NEAR(*pair.kappa_weighted.value, 0.7074229881937848, 1e-12);
    // The normal interval with statsmodels' standard error, 0.0525.
    EXPECT_NEAR(*pair.kappa.low, 0.6264 - 1.96 * 0.0525, 0.02);
    EXPECT_NEAR(*pair.kappa.high, 0.6264 + 1.96 * 0.0525, 0.02);
    EXPECT_GT(*pair.alpha.value, 0.6);
}

TEST(AgreementOf, OnlyWhatAJudgeDecidedCounts) {
    OutcomeList first, second;
    first.wins(2).identical(5).no_answer_variant(1).add(2, OutcomeKind::kInvalid);
    second.wins(1).losses(1).identical(5).no_answer_variant(1).ties(2);
    const PairAgreement pair = agreement_of({"one", {first.outcomes}}, {"two", {second.outcomes}});
    EXPECT_EQ(pair.n, 2);
    EXPECT_EQ(pair.n_same, 1);
}

TEST(AgreementOf, VerdictsThatAreAllAlikeHaveNoKappaAndAWhy) {
    const PairAgreement ties = agreement_of({"one", {said({0, 0, 0, 0})}},
                                            {"two", {said({0, 0, 0, 0})}});
    EXPECT_EQ(ties.n_same, 4);
    EXPECT_FALSE(ties.kappa.value);
    EXPECT_FALSE(ties.alpha.value);
    EXPECT_NE(ties.kappa.why.find("undefined"), std::string::npos);
    const PairAgreement nothing = agreement_of({"one", {said({0, 9})}}, {"two", {said({9, 1})}});
    EXPECT_EQ(nothing.n, 0);
    EXPECT_FALSE(nothing.same.value);
    EXPECT_FALSE(nothing.kappa.value);
    EXPECT_EQ(nothing.kappa.why, "no comparison was decided by both");
}

TEST(AgreementOf, PerfectAgreementHasAKappaOfOneWithoutAnInterval) {
    const PairAgreement pair = agreement_of({"one", {said({0, 1, -1, 0, 1, 1})}},
                                            {"two", {said({0, 1, -1, 0, 1, 1})}});
    EXPECT_EQ(pair.kappa.value, 1);
    EXPECT_FALSE(pair.kappa.low);
    EXPECT_FALSE(pair.kappa.why.empty());
}

TEST(AgreementOf, VariantsOfOneQuestionAreOneClusterSoTheIntervalIsWider) {
    const auto [first, second] = with_table({{30, 9, 4}, {7, 41, 10}, {2, 6, 45}});
    const PairAgreement once = agreement_of({"one", {first}}, {"two", {second}});
    const PairAgreement thrice = agreement_of({"one", {first, first, first}},
                                              {"two", {second, second, second}});
    EXPECT_EQ(thrice.n, 3 * once.n);
    EXPECT_DOUBLE_EQ(*thrice.kappa.value, *once.kappa.value);
    EXPECT_NEAR(*thrice.kappa.high - *thrice.kappa.low, *once.kappa.high - *once.kappa.low, 1e-9)
        << "three times the same says no more";
    EXPECT_NE(thrice.same.method.find("bootstrap"), std::string::npos);
}

TEST(AgreementOf, TheOrderOfTheOutcomesDoesNotMatterToTheValue) {
    auto [first, second] = with_table({{3, 9, 4}, {7, 4, 1}, {2, 6, 4}});
    const PairAgreement straight = agreement_of({"one", {first}}, {"two", {second}});
    std::reverse(second.begin(), second.end());
    EXPECT_DOUBLE_EQ(*agreement_of({"one", {first}}, {"two", {second}}).kappa.value,
                     *straight.kappa.value);
}

// krippendorff 0.9.0 and statsmodels 0.15.0; ratings as in tests/unit/stats/agreement_test.cpp.
TEST(PanelAgreementOf, ThreeJudgesWithGaps) {
    const auto a = said({1, 0, -1, 0, 1, 9, -1, 0, 0, 1}),
               b = said({1, 0, -1, 1, 1, 0, 9, 0, -1, 1}),
               c = said({9, 0, -1, 0, 0, 0, -1, 1, 0, 9});
    const std::vector<Rater> raters{{"a", {a}}, {"b", {b}}, {"c", {c}}};
    const auto panel = panel_agreement_of(raters);
    ASSERT_TRUE(panel);
    EXPECT_EQ(panel->n, 10);
    EXPECT_EQ(panel->n_all, 6);
    EXPECT_EQ(panel->n_same, 2);
    EXPECT_NEAR(*panel->alpha.value, 0.5370370370370371, 1e-12);
    EXPECT_NEAR(*panel->alpha_interval.value, 0.7222222222222222, 1e-12);
    EXPECT_NEAR(*panel->fleiss.value, 0.25, 1e-12);  // (20/36 - 132/324) / (1 - 132/324)
    EXPECT_FALSE(panel_agreement_of(std::span(raters).first(2)));
}

TEST(AgreementByConfidence, ComparesEachLevelWithWhatMostOthersSay) {
    auto judge = said({1, 1, 0, -1, 0});
    judge[2].confidence = judge[3].confidence = Confidence::kLow;
    const auto one = said({1, 0, 0, 1, 9}), two = said({1, 0, 1, 0, 9}),
               three = said({0, 1, 9, 9, 9});
    const auto rows = agreement_by_confidence(
        {"judge", {judge}}, std::vector<Rater>{{"1", {one}}, {"2", {two}}, {"3", {three}}});
    ASSERT_EQ(rows.size(), 2u);
    EXPECT_EQ(rows[0].level, Confidence::kHigh);
    EXPECT_EQ(rows[0].n, 2);
    EXPECT_EQ(rows[0].n_same, 1);
    EXPECT_EQ(rows[1].level, Confidence::kLow);
    EXPECT_EQ(rows[1].n, 2);
    EXPECT_EQ(rows[1].n_same, 1) << "a tie and a win have no most frequent one: a tie";
    EXPECT_NEAR(*rows[1].same.value, 0.5, 1e-12);
    EXPECT_TRUE(agreement_by_confidence({"judge", {judge}}, {}).empty());
}

}  // namespace
}  // namespace assay::analysis
