#include "assay/stats/restricted_mean.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <vector>

namespace assay::stats {
namespace {

/// 30 lifetimes, two of three ended, in clusters of three.
std::vector<Lifetime> thirty() {
    std::vector<Lifetime> out;
    for (std::int64_t i = 0; i < 30; ++i) {
        out.push_back({(7 * i * i + 3 * i) % 41, (5 * i) % 3 != 0, i / 3});
    }
    return out;
}

// lifelines 0.30.3, restricted_mean_survival_time(KaplanMeierFitter().fit(T, E), t=25); the error
// from the derivatives of that area by each weight (central differences of 1e-6), summed by
// clusters, times 10/9; scipy.stats.t.ppf(.975, 9).
TEST(RestrictedMean, EqualsAnotherImplementation) {
    const auto r = restricted_mean(thirty(), 25, 0.95);
    ASSERT_TRUE(r);
    EXPECT_NEAR(r->mean, 20.23129970584726, 1e-10);
    EXPECT_EQ(r->horizon, 25);
    EXPECT_EQ(r->n_clusters, 10);
    EXPECT_NEAR(*r->se, 1.3883478138711387, 1e-7);
    ASSERT_TRUE(r->interval);
    EXPECT_NEAR(r->interval->low, 17.090638754243436, 1e-6);
    EXPECT_NEAR(r->interval->high, 23.371960657451083, 1e-6);
}

// Greenwood's formula for the area: sum of A^2 d / (r (r - d)), as computed beside the above.
TEST(RestrictedMean, OfIndependentOnesHasGreenwoodsError) {
    std::vector<Lifetime> own = thirty();
    for (std::size_t i = 0; i < own.size(); ++i) {
        own[i].cluster = static_cast<std::int64_t>(i);
    }
    const auto r = restricted_mean(own, 25, 0.95);
    EXPECT_NEAR(*r->se * std::sqrt(29.0 / 30), 1.4777829472037363, 1e-12);
}

TEST(RestrictedMean, WithoutCensoringIsTheMeanOfTheShorter) {
    std::vector<Lifetime> all;
    double expected = 0;
    for (std::int64_t i = 0; i < 20; ++i) {
        all.push_back({(i * 7) % 20, true, i});
        expected += std::min<double>(static_cast<double>((i * 7) % 20), 12) / 20;
    }
    EXPECT_NEAR(restricted_mean(all, 12, 0.95)->mean, expected, 1e-12);
    EXPECT_EQ(restricted_mean(all, 1000, 0.95)->horizon, 1000) << "all had ended by then";
    EXPECT_NEAR(restricted_mean(all, 1000, 0.95)->mean, 9.5, 1e-12);
}

// By hand: S = 3/4 from 2, and 3/8 from 5 (two were left: one of length 4 was censored).
TEST(RestrictedMean, CountsWhatWasCensoredAsLongAsItWasSeen) {
    const std::vector<Lifetime> four{{2, true, 0}, {4, false, 1}, {5, true, 2}, {9, false, 3}};
    EXPECT_NEAR(restricted_mean(four, 8, 0.95)->mean, 2 + 3 * 0.75 + 3 * 0.375, 1e-12);
    const auto beyond = restricted_mean(four, 100, 0.95);
    EXPECT_EQ(beyond->horizon, 9) << "nobody knows how the curve goes on";
    EXPECT_NEAR(beyond->mean, 2 + 3 * 0.75 + 4 * 0.375, 1e-12);
}

TEST(RestrictedMean, AtTheEdges) {
    EXPECT_FALSE(restricted_mean({}, 5, 0.95));
    const std::vector<Lifetime> lasting{{7, false, 0}, {9, false, 1}};
    const auto none_ended = restricted_mean(lasting, 8, 0.95);
    EXPECT_EQ(none_ended->mean, 8);
    EXPECT_FALSE(none_ended->interval) << "no end shows no spread";
    const auto at_once = restricted_mean(
        std::vector<Lifetime>{{0, true, 0}, {0, true, 1}}, 8, 0.95);
    EXPECT_EQ(at_once->mean, 0);
    EXPECT_EQ(at_once->se, 0);
    EXPECT_FALSE(restricted_mean(std::vector<Lifetime>{{1, true, 0}, {3, true, 0}}, 8, 0.95)->se)
        << "one cluster";
    EXPECT_EQ(restricted_mean(lasting, 0, 0.95)->mean, 0);
}

TEST(RestrictedMean, StaysWithinItsRange) {
    const std::vector<Lifetime> few{{0, true, 0}, {9, false, 1}, {9, false, 2}};
    const auto r = restricted_mean(few, 9, 0.99);
    ASSERT_TRUE(r->interval);
    EXPECT_GE(r->interval->low, 0);
    EXPECT_LE(r->interval->high, 9);
}

}  // namespace
}  // namespace assay::stats
