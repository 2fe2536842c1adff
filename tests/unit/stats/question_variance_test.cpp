#include "assay/stats/question_variance.hpp"

#include <gtest/gtest.h>

#include <array>
#include <stdexcept>

#include "assay/base/random.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

using Question = std::vector<CallVerdict>;

/// Every call of `samples` x `judges` x 2 orders x `repeats`.
std::vector<Call> all_calls(std::int64_t samples, std::int64_t judges, std::int64_t repeats) {
    std::vector<Call> out;
    for (std::int64_t sample = 0; sample < samples; ++sample) {
        for (std::int64_t judge = 0; judge < judges; ++judge) {
            for (std::int64_t order = 0; order < 2; ++order) {
                for (std::int64_t repeat = 0; repeat < repeats; ++repeat) {
                    out.push_back({sample, judge, order, repeat});
                }
            }
        }
    }
    return out;
}

std::vector<Question> random_questions(Rng& rng, std::span<const Call> calls, std::size_t n) {
    std::vector<Question> out(n);
    for (Question& question : out) {
        for (const Call& call : calls) {
            question.push_back({call, static_cast<int>(rng.below(3)) - 1});
        }
    }
    return out;
}

std::optional<double> rung(const CovarianceLadder& ladder, std::size_t i) {
    return std::array{ladder.repeat, ladder.order, ladder.judge, ladder.sample}.at(i);
}

TEST(CovarianceLadder, RebuildsTheVarianceOfTheQuestionMean) {
    // Where every question has the same calls, the pairs' covariances add up to s_y^2 exactly.
    Rng rng(3);
    for (int i = 0; i < 100; ++i) {
        const auto calls = all_calls(1 + static_cast<std::int64_t>(rng.below(3)),
                                     1 + static_cast<std::int64_t>(rng.below(3)),
                                     1 + static_cast<std::int64_t>(rng.below(3)));
        const auto ladder = covariance_ladder(random_questions(rng, calls, 2 + rng.below(60)));
        ASSERT_TRUE(ladder);
        double total = static_cast<double>(calls.size()) * *ladder->v;
        for (const Call& a : calls) {
            for (const Call& b : calls) {
                if (a == b) {
                    continue;
                }
                if (a.sample != b.sample) {
                    total += *ladder->sample;
                } else if (a.judge != b.judge) {
                    total += *ladder->judge;
                } else if (a.order != b.order) {
                    total += *ladder->order;
                } else {
                    total += *ladder->repeat;
                }
            }
        }
        const double n = static_cast<double>(calls.size());
        EXPECT_NEAR(total / (n * n), *ladder->variance_of_question_mean, 1e-12);
    }
}

TEST(CovarianceLadder, OfMirroredVerdictsIsTheSame) {
    Rng rng(4);
    const auto calls = all_calls(2, 2, 2);
    for (int i = 0; i < 50; ++i) {
        std::vector<Question> questions = random_questions(rng, calls, 20);
        const auto ladder = covariance_ladder(questions);
        for (Question& question : questions) {
            for (CallVerdict& said : question) {
                said.verdict = -said.verdict;
            }
        }
        const auto mirrored = covariance_ladder(questions);
        EXPECT_EQ(mirrored->estimate, -ladder->estimate);
        EXPECT_EQ(mirrored->v, ladder->v);
        for (std::size_t at = 0; at < 4; ++at) {
            EXPECT_EQ(rung(*mirrored, at), rung(*ladder, at));
        }
    }
}

TEST(CovarianceLadder, WithoutSuchPairsThereIsNone) {
    const std::vector<Question> both_orders{{{{0, 0, 0, 0}, 1}, {{0, 0, 1, 0}, 1}},
                                            {{{0, 0, 0, 0}, -1}, {{0, 0, 1, 0}, 0}}};
    const auto ladder = covariance_ladder(both_orders);
    ASSERT_TRUE(ladder);
    EXPECT_TRUE(ladder->v);
    EXPECT_TRUE(ladder->order);
    EXPECT_FALSE(ladder->repeat);
    EXPECT_FALSE(ladder->judge);
    EXPECT_FALSE(ladder->sample);
}

TEST(CovarianceLadder, OneQuestionHasAMeanAndNoVariance) {
    const std::vector<Question> one{{{{0, 0, 0, 0}, 1}, {{0, 0, 1, 0}, 0}}};
    const auto ladder = covariance_ladder(one);
    ASSERT_TRUE(ladder);
    EXPECT_EQ(ladder->estimate, 0.5);
    EXPECT_EQ(ladder->n_questions, 1);
    EXPECT_FALSE(ladder->variance_of_question_mean);
    EXPECT_FALSE(ladder->v);
    EXPECT_FALSE(ladder->order);
    EXPECT_FALSE(covariances_of(*ladder));
}

TEST(CovarianceLadder, QuestionsWithoutACallAreLeftOut) {
    EXPECT_FALSE(covariance_ladder({}));
    EXPECT_FALSE(covariance_ladder(std::vector<Question>(3)));
    const std::vector<Question> some{
        {}, {{{0, 0, 0, 0}, 1}}, {}, {{{0, 0, 0, 0}, -1}}, {{{0, 0, 0, 0}, 0}}};
    const auto ladder = covariance_ladder(some);
    EXPECT_EQ(ladder->n_questions, 3);
    EXPECT_EQ(ladder->estimate, 0);
    EXPECT_NEAR(*ladder->v, 1, 1e-15);  // 2/3 + 1/3: with one call it is s_y^2
    EXPECT_NEAR(*ladder->variance_of_question_mean, 1, 1e-15);
}

TEST(CovarianceLadder, EqualVerdictsVaryByNothing) {
    for (const int verdict : {-1, 0, 1}) {
        const std::vector<Question> alike(
            5, {{{0, 0, 0, 0}, verdict}, {{0, 0, 1, 0}, verdict}, {{1, 0, 0, 0}, verdict}});
        const auto ladder = covariance_ladder(alike);
        EXPECT_EQ(ladder->estimate, verdict);
        EXPECT_EQ(ladder->v, 0);
        EXPECT_EQ(ladder->order, 0);
        EXPECT_EQ(ladder->sample, 0);
    }
}

TEST(CovarianceLadder, ACallThatComesTwiceIsRefused) {
    const std::vector<Question> twice{{{{0, 0, 0, 0}, 1}, {{0, 0, 0, 0}, 1}}};
    EXPECT_ANY_THROW((void)covariance_ladder(twice));
}

TEST(Covariances, OfAPilotFillTheGapsAndAreNotBelowZero) {
    CovarianceLadder ladder;
    ladder.v = 0.4;
    ladder.sample = -0.02;
    ladder.order = 0.3;
    const auto covariances = covariances_of(ladder);
    ASSERT_TRUE(covariances);
    EXPECT_EQ(covariances->v, 0.4);
    EXPECT_EQ(covariances->sample, 0);
    EXPECT_EQ(covariances->order, 0.3);
    EXPECT_EQ(covariances->judge, 0.2);
    EXPECT_EQ(covariances->repeat, 0.9 * 0.4);
}

TEST(VarianceOfQuestionMean, IsThatOfTheTableOfTheSpecification) {
    // n for ship / equivalent at d = 0.6, power 0.8, margin 10 points
    Covariances covariances = assumed_covariances(0.6);
    covariances.order = 0.81 * 0.6;
    const auto plan = [&](std::vector<Call> calls) {
        return design_plan(covariances, calls, 154, {}, 0.8);
    };
    const DesignPlan one = plan({{}}), both = plan({{0, 0, 0, 0}, {0, 0, 1, 0}}),
                     panel = plan({{0, 0, 0, 0}, {0, 1, 1, 0}, {0, 2, 0, 0}}),
                     panel_both = plan(all_calls(1, 3, 1));
    EXPECT_EQ(one.questions_ship, 371);
    EXPECT_EQ(one.questions_equivalent, 514);
    EXPECT_EQ(both.questions_ship, 336);
    EXPECT_EQ(both.questions_equivalent, 466);
    EXPECT_EQ(panel.questions_ship, 248);
    EXPECT_EQ(panel.questions_equivalent, 343);
    EXPECT_EQ(panel_both.questions_ship, 236);
    EXPECT_EQ(panel_both.questions_equivalent, 327);
    covariances.sample = 0;
    const DesignPlan fresh = plan({{0, 0, 0, 0}, {1, 0, 1, 0}, {2, 0, 0, 0}, {3, 0, 1, 0}});
    EXPECT_EQ(fresh.questions_ship, 93);
    EXPECT_EQ(fresh.questions_equivalent, 129);
    EXPECT_GT(fresh.power_ship, both.power_ship);
}

TEST(VarianceOfQuestionMean, TakesNegativeCovariancesForNone) {
    Covariances covariances = assumed_covariances(0.5);
    covariances.sample = -0.3;
    const std::vector<Call> calls{{0, 0, 0, 0}, {1, 0, 1, 0}};
    EXPECT_NEAR(variance_of_question_mean(covariances, calls), 0.25, 1e-15);
}

TEST(VarianceOfQuestionMean, WantsCallsThatDiffer) {
    EXPECT_ANY_THROW((void)variance_of_question_mean(assumed_covariances(0.6), {}));
    EXPECT_ANY_THROW(
        (void)variance_of_question_mean(assumed_covariances(0.6), std::vector<Call>{{}, {}}));
}

TEST(DesignPlan, WithoutVarianceOneQuestionDoes) {
    const DesignPlan plan = design_plan(
        assumed_covariances(0), std::vector<Call>{{}}, 1, {.margin = 0.1}, 0.8);
    EXPECT_EQ(plan.power_ship, 1);
    EXPECT_EQ(plan.power_equivalent, 1);
    EXPECT_EQ(plan.questions_ship, 1);
    EXPECT_EQ(plan.questions_equivalent, 1);
}

TEST(DesignPlan, BeyondTheMarginNoNumberDoes) {
    const DesignPlan plan = design_plan(
        assumed_covariances(0.6), std::vector<Call>{{}}, 100, {.delta = -0.1, .margin = 0.1}, 0.8);
    EXPECT_FALSE(plan.questions_ship);
    EXPECT_FALSE(plan.questions_equivalent);
}

}  // namespace
}  // namespace assay::stats
