#include "assay/stats/these_questions.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/base/random.hpp"

namespace assay::stats {
namespace {

TEST(TheseQuestions, AJudgeThatNeverFlipsStillHasAWidth) {
    const std::vector<std::vector<VerdictsOfOrders>> alike(30, {{1, 1}});
    const auto r = these_questions_of_orders(alike, 0.05);
    ASSERT_TRUE(r);
    EXPECT_EQ(r->estimate, 1);
    EXPECT_NEAR(r->se, 1.0 / 30, 1e-15);
    EXPECT_EQ(r->questions_with_a_difference, 0);
    EXPECT_EQ(r->high, 1);
    EXPECT_LT(r->low, 1);
}

TEST(TheseQuestions, VerdictsOfOrdersAreTwoSamplesOfOneJudge) {
    // (first - second)^2 / 4 = s^2 / 2 of the two
    Rng rng(9);
    std::vector<std::vector<VerdictsOfOrders>> orders;
    std::vector<std::vector<double>> samples;
    for (int i = 0; i < 60; ++i) {
        const double first = static_cast<double>(rng.below(3)) - 1,
                     second = static_cast<double>(rng.below(3)) - 1;
        orders.push_back({{first, second}});
        samples.push_back({first, second});
    }
    const auto of_orders = these_questions_of_orders(orders, 0.05),
               of_samples = these_questions_of_samples(samples, 0.05);
    EXPECT_NEAR(of_orders->se, of_samples->se, 1e-14);
    EXPECT_NEAR(of_orders->estimate, of_samples->estimate, 1e-14);
    EXPECT_EQ(of_orders->questions_with_a_difference, of_samples->questions_with_a_difference);
}

TEST(TheseQuestions, JudgesCountAlike) {
    const std::vector<std::vector<VerdictsOfOrders>> questions(10, {{1, 1}, {-1, 1}, {0, 0}});
    const auto r = these_questions_of_orders(questions, 0.05);
    EXPECT_NEAR(r->estimate, 1.0 / 3, 1e-15);
    EXPECT_NEAR(r->se, std::sqrt(10 * 4.0 / 36 + 1) / 10, 1e-15);
    EXPECT_EQ(r->questions_with_a_difference, 10);
}

TEST(TheseQuestions, SwappedVerdictsGiveTheMirroredInterval) {
    const std::vector<std::vector<double>> said{{1, 0, 1}, {-1, -1, 0, 1}, {0, 0}, {1, 1}};
    std::vector<std::vector<double>> swapped = said;
    for (auto& question : swapped) {
        for (double& verdict : question) {
            verdict = -verdict;
        }
    }
    const auto r = these_questions_of_samples(said, 0.05),
               mirrored = these_questions_of_samples(swapped, 0.05);
    EXPECT_EQ(mirrored->low, -r->high);
    EXPECT_EQ(mirrored->high, -r->low);
}

TEST(TheseQuestions, FewerThanTwoVerdictsShowNothing) {
    EXPECT_FALSE(these_questions_of_samples({}, 0.05));
    EXPECT_FALSE(these_questions_of_orders({}, 0.05));
    EXPECT_FALSE(these_questions_of_samples(std::vector<std::vector<double>>{{1, 0}, {1}}, 0.05));
    EXPECT_FALSE(these_questions_of_samples(std::vector<std::vector<double>>{{}}, 0.05));
    EXPECT_FALSE(
        these_questions_of_orders(std::vector<std::vector<VerdictsOfOrders>>{{{1, 1}}, {}}, 0.05));
}

constexpr double kAlphas[] = {0.2, 0.05, 0.025, 0.001};

TEST(TheseQuestionsLimits, LieFurtherOutThanTheNormalOnes) {
    Rng rng(3);
    for (int i = 0; i < 50; ++i) {
        std::vector<std::vector<double>> questions;
        for (int q = 0; q < 40; ++q) {
            auto& verdicts = questions.emplace_back();
            for (int k = 0; k < 3; ++k) {
                verdicts.push_back(static_cast<double>(rng.below(3)) - 1);
            }
        }
        const auto noise = noise_of_samples(questions);
        const auto normal = these_questions_of_samples(questions, 0.05);
        EXPECT_NEAR(noise->sum / 40, normal->estimate, 1e-12);
        EXPECT_NEAR(std::sqrt(noise->variance + 1) / 40, normal->se, 1e-12);
        const double z = 1.6448536269514722, shift = 2 * (z * z + 2) / 9 / 40;
        EXPECT_NEAR(lower_limit(*noise, 0.05), normal->low - shift, 1e-12);
        EXPECT_NEAR(upper_limit(*noise, 0.05), normal->high + shift, 1e-12);
    }
}

TEST(TheseQuestionsLimits, OfRareLossesCoverThePoissonLimit) {
    // 100 questions with two verdicts, of which 0, 1, 2 ... are lost and all others won: Garwood's
    // exact upper limits of a Poisson mean at 95 % (R: qgamma(0.95, x + 1)).
    const std::vector<double> garwood{2.9957, 4.7439, 6.2958, 7.7537, 9.1535};
    for (std::size_t lost = 0; lost < garwood.size(); ++lost) {
        std::vector<VerdictsOfOrders> questions(100, {1, 1});
        for (std::size_t i = 0; i < lost; ++i) {
            questions[i].variant_first = -1;
        }
        const auto noise = noise_of_orders(questions);
        // Each lost verdict takes one from the sum of the question means.
        const double most_lost = 100 - 100 * lower_limit(*noise, 0.05);
        EXPECT_GE(most_lost, garwood[lost]);
        EXPECT_LE(most_lost, garwood[lost] + 0.3);
    }
}

TEST(TheseQuestionsLimits, LieBeyondAMarginExactlyWhereThePValueIsBelowAlpha) {
    Rng rng(5);
    for (int i = 0; i < 200; ++i) {
        std::vector<VerdictsOfOrders> questions;
        for (int q = 0; q < 30; ++q) {
            questions.push_back(
                {static_cast<double>(rng.below(3)) - 1, static_cast<double>(rng.below(3)) - 1});
        }
        const auto noise = noise_of_orders(questions);
        for (const double alpha : kAlphas) {
            const double low = lower_limit(*noise, alpha), high = upper_limit(*noise, alpha);
            if (low > -0.999) {
                EXPECT_LT(p_above(*noise, low - 1e-9), alpha);
                EXPECT_GT(p_above(*noise, low + 1e-9), alpha);
            }
            if (high < 0.999) {
                EXPECT_LT(p_below(*noise, high + 1e-9), alpha);
                EXPECT_GT(p_below(*noise, high - 1e-9), alpha);
            }
        }
        double before = 0;
        for (double delta = -0.99; delta < 0.99; delta += 0.01) {
            const double p = p_above(*noise, delta);
            EXPECT_GE(p, before) << "the further out a claim, the smaller its p";
            EXPECT_LE(p, 1);
            before = p;
        }
    }
}

TEST(TheseQuestionsLimits, AreMirroredWithTheVerdicts) {
    const QuestionNoise noise{40, 7.5, 6, 2}, mirrored{40, -7.5, 6, 2};
    EXPECT_EQ(lower_limit(noise, 0.05), -upper_limit(mirrored, 0.05));
    EXPECT_EQ(p_above(noise, -0.1), p_below(mirrored, 0.1));
    EXPECT_EQ(lower_limit({1, 0, 0, 2}, 0.05), -1);
    EXPECT_EQ(upper_limit({1, 0, 0, 2}, 0.05), 1);
}

TEST(TheseQuestionsLimits, NeedTwoVerdictsOfEachQuestion) {
    EXPECT_FALSE(noise_of_samples({}));
    EXPECT_FALSE(noise_of_orders({}));
    EXPECT_FALSE(noise_of_samples(std::vector<std::vector<double>>{{1, 0}, {1}}));
    EXPECT_EQ(noise_of_samples(std::vector<std::vector<double>>{{1, 0, 0}, {1, 1}})->k, 2);
}

}  // namespace
}  // namespace assay::stats
