#include "assay/stats/choose_samples.hpp"

#include <gtest/gtest.h>

#include "assay/base/random.hpp"
#include "assay/stats/mean_design.hpp"

namespace assay::stats {
namespace {

TEST(ChooseSamples, TheChosenNumberIsTheFirstWithTheWantedPower) {
    Rng rng(5);
    int n_inside = 0;
    for (int i = 0; i < 2000; ++i) {
        const double second = 0.05 + 0.95 * rng.uniform(), product = second * rng.uniform() / 2;
        const SamplesRule rule{
            .n = 20 + static_cast<std::int64_t>(rng.below(400)),
            .margin = 0.05 + 0.15 * rng.uniform(),
            .goal = rng.below(2) == 0 ? SamplesGoal::kShip : SamplesGoal::kEquivalent,
            .most = 12,
            .cluster_design_effect = 1 + rng.uniform()};
        const ChosenSamples chosen = choose_samples({second, product}, rule);
        EXPECT_GE(chosen.k, 2);
        EXPECT_LE(chosen.k, 12);
        const auto power = [&](std::int64_t k) {
            const double variance = product + (second - product) / static_cast<double>(k);
            const MeanDesign design{.variance = variance * rule.cluster_design_effect,
                                    .margin = rule.margin,
                                    .alpha = rule.alpha_end};
            const double n = static_cast<double>(rule.n);
            return rule.goal == SamplesGoal::kShip ? power_ship(design, n)
                                                   : power_equivalent(design, n);
        };
        EXPECT_EQ(chosen.reachable, power(chosen.k) >= rule.power - 1e-9);
        if (chosen.reachable && chosen.k > 2) {
            EXPECT_LT(power(chosen.k - 1), rule.power);
            ++n_inside;
        }
        EXPECT_EQ(chosen.questions_needed.has_value(), !chosen.reachable);
    }
    EXPECT_GT(n_inside, 200);
}

TEST(ChooseSamples, WhereQuestionsDifferTooMuchItSaysHowManyAreNeeded) {
    // target 0.167 is below the product 0.2: no number of samples will do
    const ChosenSamples chosen = choose_samples(
        {0.6, 0.2}, {.n = 154, .goal = SamplesGoal::kEquivalent, .most = 8});
    EXPECT_EQ(chosen.k, 8);
    EXPECT_FALSE(chosen.reachable);
    EXPECT_EQ(chosen.questions_needed, 230);  // 154 (0.2 + 0.4 / 8) / 0.16749
}

TEST(ChooseSamples, MoreThanMostIsNotReached) {
    // 0.54 / (target - 0.06): 5.02 of them
    const SamplesRule rule{.n = 154, .goal = SamplesGoal::kEquivalent, .most = 5};
    const ChosenSamples chosen = choose_samples({0.6, 0.06}, rule);
    EXPECT_EQ(chosen.k, 5);
    EXPECT_FALSE(chosen.reachable);
    EXPECT_EQ(chosen.questions_needed, 155);
}

TEST(ChooseSamples, EqualVerdictsNeedNoMoreThanTwo) {
    const ChosenSamples ties = choose_samples({0, 0}, {.n = 30});
    EXPECT_EQ(ties.k, 2);
    EXPECT_TRUE(ties.reachable);
    // every question says one thing: further samples show nothing new
    const ChosenSamples same = choose_samples({0.6, 0.6}, {.n = 154});
    EXPECT_EQ(same.k, 8);
    EXPECT_FALSE(same.reachable);
}

TEST(ChooseSamples, AProductOutsideIsCut) {
    EXPECT_EQ(choose_samples({0.6, -0.4}, {.n = 154}).k, choose_samples({0.6, 0}, {.n = 154}).k);
    EXPECT_EQ(choose_samples({0.3, 0.9}, {.n = 154}).reachable,
              choose_samples({0.3, 0.3}, {.n = 154}).reachable);
}

TEST(ChooseSamples, APowerThatNeedsNothingIsReached) {
    const ChosenSamples chosen = choose_samples({1, 1}, {.n = 1, .power = 0.01});
    EXPECT_TRUE(chosen.reachable);
    EXPECT_EQ(chosen.k, 2);
}

TEST(CheapestCalls, FollowTheFormula) {
    EXPECT_EQ(cheapest_calls_of_question(100, 1, 0.1), 30);
    EXPECT_EQ(cheapest_calls_of_question(1, 1, 0.5), 1);
    EXPECT_EQ(cheapest_calls_of_question(0, 1, 0.5), 1);
    EXPECT_EQ(cheapest_calls_of_question(1e6, 1, 1), 1);
    EXPECT_FALSE(cheapest_calls_of_question(1, 1, 0));
    EXPECT_FALSE(cheapest_calls_of_question(1, 1, -0.2));
}

TEST(CheapestCalls, AreCheapest) {
    // what a unit of information costs: (question + k call) (rho + (1 - rho) / k)
    Rng rng(6);
    for (int i = 0; i < 200; ++i) {
        const double question = 50 * rng.uniform(), rho = 0.05 + 0.9 * rng.uniform();
        const auto price = [&](std::int64_t k) {
            const double calls = static_cast<double>(k);
            return (question + calls) * (rho + (1 - rho) / calls);
        };
        const std::int64_t best = *cheapest_calls_of_question(question, 1, rho);
        EXPECT_LE(price(best), price(best + 1) * 1.02);
        EXPECT_LE(price(best), price(best > 1 ? best - 1 : 1) * 1.02);
    }
}

}  // namespace
}  // namespace assay::stats
