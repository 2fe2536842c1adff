#include "assay/analysis/position.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "assay/stats/distributions.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

std::optional<Position> position(const std::vector<Outcome>& outcomes) {
    return position_of(outcomes, Dependence(outcomes));
}

std::optional<BothOrders> both(const std::vector<Outcome>& outcomes) {
    return both_orders_of(outcomes, Dependence(outcomes));
}

/// A question with its verdicts when the variant was shown first and second, as "win loss".
class BothOrdersList {
 public:
    BothOrdersList& add(int count, OutcomeKind first, OutcomeKind second) {
        for (int i = 0; i < count; ++i, ++n_questions_) {
            for (const bool variant_first : {true, false}) {
                Outcome outcome;
                outcome.question_id = fmt::format("q{}", n_questions_);
                outcome.kind = variant_first ? first : second;
                outcome.variant_is_a = variant_first;
                outcomes.push_back(outcome);
            }
        }
        return *this;
    }
    std::vector<Outcome> outcomes;

 private:
    int n_questions_ = 0;
};

constexpr OutcomeKind kWin = OutcomeKind::kWin, kTie = OutcomeKind::kTie,
                      kLoss = OutcomeKind::kLoss;

TEST(Position, OfNothingHasNoFigures) {
    EXPECT_FALSE(position({})->bias.value);
    EXPECT_FALSE(position({})->p_sign);
    EXPECT_FALSE(position({})->p_fisher);
}

TEST(Position, LeavesOutWhatNoJudgeSaw) {
    const Position p = *position(one_of_each());
    const auto total = [](const PositionRow& row) { return row.wins + row.losses + row.ties; };
    EXPECT_EQ(total(p.variant_first) + total(p.variant_second), 3 + 2 + 4);
}

TEST(Position, ShowsABiasTowardsTheFirstSide) {
    OutcomeList list;
    list.wins(40).losses(40).ties(20);
    for (Outcome& outcome : list.outcomes) {
        outcome.variant_is_a = outcome.kind == OutcomeKind::kWin;
    }
    for (std::size_t i = 80; i < 100; ++i) {
        list.outcomes[i].variant_is_a = i % 2 == 0;
    }
    const Position p = *position(list.outcomes);
    EXPECT_EQ(p.first_shown_wins, 80);
    EXPECT_EQ(p.second_shown_wins, 0);
    EXPECT_NEAR(*p.bias.value, 0.8, 1e-12);
    EXPECT_GT(*p.bias.low, 0);
    EXPECT_NEAR(*p.net_stratified.value, 0, 1e-12);
    EXPECT_LT(*p.p_sign, 1e-9);
    EXPECT_LT(*p.p_fisher, 1e-9);
    EXPECT_EQ(p.p_fisher_method, "Fisher-Freeman-Halton, exact");
}

TEST(Position, WithoutASpreadHasAnIntervalThatIsNotEmpty) {
    const Position ties = *position(OutcomeList().ties(6).outcomes);
    EXPECT_EQ(*ties.bias.value, 0);
    EXPECT_LT(*ties.bias.low, -0.2);
    EXPECT_GT(*ties.bias.high, 0.2);
    EXPECT_NE(ties.bias.method.find("Newcombe"), std::string::npos) << ties.bias.method;
    EXPECT_FALSE(ties.p_sign);
    EXPECT_EQ(*ties.p_fisher, 1);
}

TEST(Position, OfAJudgeThatAlwaysPrefersTheFirstSideIsAHundredPointsWithAnInterval) {
    OutcomeList list;
    list.wins(40).losses(40);
    for (Outcome& outcome : list.outcomes) {
        outcome.variant_is_a = outcome.kind == OutcomeKind::kWin;
    }
    const Position p = *position(list.outcomes);
    EXPECT_EQ(*p.bias.value, 1);
    EXPECT_EQ(*p.bias.high, 1);
    EXPECT_GT(*p.bias.low, 0.85);
    EXPECT_LT(*p.bias.low, 0.98);
    EXPECT_EQ(*p.net_stratified.value, 0);
    EXPECT_LT(*p.net_stratified.low, 0);
    EXPECT_GT(*p.net_stratified.high, 0);
    // In both orders the two verdicts of a question are one observation, so it is worth as much.
    const auto twice = position(BothOrdersList().add(40, kWin, kLoss).outcomes);
    EXPECT_EQ(*twice->bias.value, 1);
    EXPECT_GT(*twice->bias.low, 0.85);
    EXPECT_LE(*twice->bias.low, *p.bias.low + 1e-9) << "Student's t is wider";
}

TEST(Position, IsNotGivenWhereNoSideIsKnown) {
    auto outcomes = OutcomeList().wins(5).losses(5).outcomes;
    for (Outcome& outcome : outcomes) {
        outcome.side_known = false;
    }
    EXPECT_FALSE(position(outcomes));
    outcomes[0].side_known = true;
    EXPECT_EQ(position(outcomes)->variant_first.wins, 1) << "only what is known is counted";
    EXPECT_EQ(position(outcomes)->variant_second.wins, 0);
}

TEST(Position, OfQuestionsInBothOrdersHasTheSpreadOfTheirDifferences) {
    // The bias is the mean over questions of (first - second) / 2, so its standard error is that of
    // such a mean.
    const auto outcomes = BothOrdersList()
                              .add(8, kWin, kLoss)
                              .add(5, kWin, kWin)
                              .add(4, kTie, kLoss)
                              .add(3, kLoss, kLoss)
                              .outcomes;
    const auto p = position(outcomes);
    std::vector<double> differences;
    differences.insert(differences.end(), 8, 1.0);
    differences.insert(differences.end(), 8, 0.0);
    differences.insert(differences.end(), 4, 0.5);
    const double n = 20, mean = std::accumulate(differences.begin(), differences.end(), 0.0) / n;
    double squares = 0;
    for (const double d : differences) {
        squares += (d - mean) * (d - mean);
    }
    EXPECT_NEAR(*p->bias.value, mean, 1e-12);
    const double half = stats::student_upper_quantile(0.025, n - 1) *
                        std::sqrt(squares / (n - 1) / n);
    EXPECT_NEAR(*p->bias.high, mean + half, 1e-12);
    EXPECT_NE(p->bias.method.find("cluster-robust"), std::string::npos);
}

TEST(Position, DoesNotDependOnTheOrderOfTheOutcomes) {
    auto outcomes = BothOrdersList()
                        .add(7, kWin, kLoss)
                        .add(5, kTie, kWin)
                        .add(6, kLoss, kTie)
                        .outcomes;
    const auto a = position(outcomes);
    std::reverse(outcomes.begin(), outcomes.end());
    const auto b = position(outcomes);
    EXPECT_EQ(a->bias.low, b->bias.low);
    EXPECT_EQ(a->net_stratified.high, b->net_stratified.high);
}

TEST(BothOrders, CountsFlipsAndMeans) {
    const auto b = both(BothOrdersList()
                            .add(10, kWin, kWin)
                            .add(3, kWin, kLoss)
                            .add(1, kLoss, kWin)
                            .add(4, kTie, kLoss)
                            .add(2, kTie, kTie)
                            .outcomes);
    ASSERT_TRUE(b);
    EXPECT_EQ(b->n, 20);
    EXPECT_EQ(b->n_one_order, 0);
    EXPECT_EQ(b->n_flipped, 8);
    EXPECT_NEAR(*b->flip_rate.value, 0.4, 1e-12);
    EXPECT_LT(*b->flip_rate.low, 0.4);
    EXPECT_EQ(b->primacy_flips, 3);
    EXPECT_EQ(b->recency_flips, 1);
    EXPECT_NEAR(*b->p_primacy_vs_recency, 0.625, 1e-12);
    EXPECT_EQ(b->means, (std::array<std::int64_t, 5>{0, 4, 6, 0, 10}));
    EXPECT_EQ(b->conservative_wins, 10);
    EXPECT_EQ(b->conservative_losses, 0);
    EXPECT_EQ(b->conservative_ties, 10);
    EXPECT_GT(*b->kappa, 0);
    EXPECT_LT(*b->kappa, 1);
}

TEST(BothOrders, CountOnlyQuestionsWithAVerdictInEach) {
    auto
        outcomes = BothOrdersList().add(3, kWin, kWin).add(2, kWin, OutcomeKind::kInvalid).outcomes;
    const auto b = both(outcomes);
    EXPECT_EQ(b->n, 3);
    EXPECT_EQ(b->n_one_order, 2);
    EXPECT_FALSE(b->kappa) << "one category: undefined";
    EXPECT_FALSE(b->p_primacy_vs_recency);
    outcomes[0].identical = outcomes[1].identical = true;
    EXPECT_EQ(both(outcomes)->n, 2) << "nobody was asked about identical answers";
}

TEST(BothOrders, AreNotGivenWhereNoQuestionHasThem) {
    EXPECT_FALSE(both({}));
    EXPECT_FALSE(both(OutcomeList().wins(5).losses(4).outcomes));
    EXPECT_FALSE(both(BothOrdersList().add(4, kWin, OutcomeKind::kError).outcomes));
}

}  // namespace
}  // namespace assay::analysis
