#include "assay/stats/proportion.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

TEST(Wilson, GivesTheStudysIntervals) {
    const Interval win = wilson(45, 93, 0.95), loss = wilson(48, 93, 0.95);
    EXPECT_NEAR(win.low, 0.385, 5e-4);
    EXPECT_NEAR(win.high, 0.584, 5e-4);
    EXPECT_NEAR(loss.low, 0.416, 5e-4);
    EXPECT_NEAR(loss.high, 0.615, 5e-4);
}

TEST(Wilson, ItsLimitsSolveTheScoreEquation) {
    for (const auto& [x, n] : {std::pair<int, int>{1, 9}, {45, 93}, {999'999, 1'000'000}, {3, 4}}) {
        const Interval ci = wilson(x, n, 0.9);
        const double p = static_cast<double>(x) / n, z = normal_critical(0.9);
        for (const double limit : {ci.low, ci.high}) {
            EXPECT_NEAR(std::abs(p - limit) / std::sqrt(limit * (1 - limit) / n), z, 1e-6);
        }
        EXPECT_LT(ci.low, p);
        EXPECT_GT(ci.high, p);
    }
}

TEST(Wilson, AtTheEdges) {
    EXPECT_EQ(wilson(0, 0, 0.95).low, 0);
    EXPECT_EQ(wilson(0, 0, 0.95).high, 1);
    EXPECT_EQ(wilson(0, 7, 0.95).low, 0);
    EXPECT_EQ(wilson(7, 7, 0.95).high, 1);
    EXPECT_LT(wilson(0, 7, 0.95).high, 1);
}

TEST(ClopperPearson, ItsLimitsHaveTheExactTails) {
    for (const auto& [x, n] :
         {std::pair<int, int>{1, 9}, {45, 93}, {500'000, 1'000'000}, {17, 20}}) {
        const Interval ci = clopper_pearson(x, n, 0.95);
        EXPECT_NEAR(binomial_upper(x, n, ci.low), 0.025, 1e-9);
        EXPECT_NEAR(binomial_cdf(x, n, ci.high), 0.025, 1e-9);
    }
    EXPECT_EQ(clopper_pearson(0, 30, 0.95).low, 0);
    EXPECT_NEAR(clopper_pearson(0, 30, 0.95).high, 1 - std::pow(0.025, 1.0 / 30), 1e-12);
    EXPECT_EQ(clopper_pearson(30, 30, 0.95).high, 1);
    EXPECT_EQ(clopper_pearson(0, 0, 0.95).high, 1);
}

TEST(ClopperPearson, ContainsWilsonsInterval) {
    for (int x = 0; x <= 20; ++x) {
        EXPECT_LE(clopper_pearson(x, 20, 0.95).low, wilson(x, 20, 0.95).low + 0.011);
        EXPECT_GE(clopper_pearson(x, 20, 0.95).high, wilson(x, 20, 0.95).high - 0.011);
    }
}

TEST(CohensH, IsSignedAndReachesPi) {
    EXPECT_EQ(cohens_h(0.4, 0.4), 0);
    EXPECT_DOUBLE_EQ(cohens_h(1, 0), std::numbers::pi);
    EXPECT_DOUBLE_EQ(cohens_h(0.2, 0.3), -cohens_h(0.3, 0.2));
    EXPECT_NEAR(cohens_h(45.0 / 93, 0.5), -0.0322636617, 1e-9);
}

}  // namespace
}  // namespace assay::stats
