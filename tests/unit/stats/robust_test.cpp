#include "assay/stats/robust.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <vector>

#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

TEST(Median, OfOddEvenAndNone) {
    const std::vector<double> x{3, 1, 2}, y{4, 1, 3, 2};
    EXPECT_EQ(*median(x), 2);
    EXPECT_EQ(*median(y), 2.5);
    EXPECT_FALSE(median({}));
    EXPECT_EQ(x.front(), 3);  // the input is left alone
}

// numpy.percentile([3, 1, 4, 1, 5, 9, 2, 6], [0, 10, 50, 90, 99, 100])
TEST(Quantile, IsLinearBetweenNeighbours) {
    const std::vector<double> x{3, 1, 4, 1, 5, 9, 2, 6};
    const std::vector<std::pair<double, double>> expected{
        {0, 1}, {0.1, 1}, {0.5, 3.5}, {0.9, 6.9}, {0.99, 8.79}, {1, 9}};
    for (const auto& [share, value] : expected) {
        EXPECT_NEAR(*quantile(x, share), value, 1e-12) << share;
    }
    EXPECT_EQ(quantile(x, 0.5), median(x));
    EXPECT_EQ(quantile(std::vector<double>{2.5}, 0.99), 2.5);
    EXPECT_FALSE(quantile({}, 0.5));
}

TEST(MedianMad, IsTheDeviationFromTheMedian) {
    const std::array<double, 5> x{10.2, 10.4, 9.9, 10.1, 14.0};
    const auto r = median_mad(x);
    EXPECT_NEAR(r->mad, 0.2, 1e-12);  // Boost 1.81 says 10.4
    EXPECT_NEAR(r->robust_sd, 0.2965, 5e-5);
    EXPECT_NEAR(kMadToSd, 1 / normal_upper_quantile(0.25), 1e-12);
    EXPECT_FALSE(median_mad({}));
}

TEST(MedianRanks, HaveTheCoverageAndAreTheNarrowest) {
    EXPECT_FALSE(median_ranks(5, 0.95));
    EXPECT_TRUE(median_ranks(6, 0.95));
    for (std::int64_t n = 6; n < 200; ++n) {
        const auto r = median_ranks(n, 0.95);
        EXPECT_EQ(r->low + r->high, n + 1);
        EXPECT_GE(r->coverage, 0.95);
        EXPECT_LT(1 - 2 * binomial_cdf(r->low, n, 0.5), 0.95);
    }
    EXPECT_FALSE(median_ranks(0, 0.95));
}

TEST(PairedRatio, OfAConstantFactor) {
    const std::vector<double> x{2, 4, 6}, y{1, 2, 3}, one{2};
    const auto r = paired_ratio(x, y, 0.95);
    EXPECT_NEAR(r->ratio, 2, 1e-12);
    EXPECT_NEAR(r->interval->low, 2, 1e-9);
    EXPECT_FALSE(paired_ratio(one, std::vector<double>{1}, 0.95)->interval);
    EXPECT_FALSE(paired_ratio({}, {}, 0.95));
    EXPECT_FALSE(paired_ratio(one, std::vector<double>{0}, 0.95));
    const auto inverse = paired_ratio(y, std::vector<double>{2, 5, 6}, 0.9),
               straight = paired_ratio(std::vector<double>{2, 5, 6}, y, 0.9);
    EXPECT_NEAR(inverse->interval->low, 1 / straight->interval->high, 1e-12);
}

}  // namespace
}  // namespace assay::stats
