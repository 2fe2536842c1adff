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

}  // namespace
}  // namespace assay::stats
