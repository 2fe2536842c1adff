#include "assay/stats/sample_size.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::stats {
namespace {

constexpr double kStudyRate = 93.0 / 154;

TEST(SampleSize, GivesTheTableOfTheSpecification) {
    const auto n = [](double delta, double margin, double power) {
        return *sample_size_equivalence(
            {.decisive_rate = kStudyRate, .delta = delta, .margin = margin}, power);
    };
    EXPECT_EQ(n(0, 0.05, 0.8), 2069);
    EXPECT_EQ(n(0, 0.05, 0.9), 2615);
    EXPECT_EQ(n(0, 0.10, 0.8), 518);
    EXPECT_EQ(n(0, 0.10, 0.9), 654);
    EXPECT_EQ(n(0, 0.15, 0.8), 230);
    EXPECT_EQ(n(0, 0.15, 0.9), 291);
    EXPECT_EQ(n(-3.0 / 154, 0.10, 0.8), 604);
    EXPECT_EQ(*sample_size_noninferiority({.decisive_rate = kStudyRate, .margin = 0.10}, 0.8), 374);
    EXPECT_EQ(*sample_size_noninferiority({.decisive_rate = kStudyRate, .margin = 0.05}, 0.8),
              1494);
    EXPECT_EQ(*sample_size_noninferiority({.decisive_rate = kStudyRate, .margin = 0.15}, 0.8), 166);
}

TEST(SampleSize, IsTheFirstWithThatPower) {
    const EquivalenceDesign design{
        .decisive_rate = 0.4, .delta = 0.02, .margin = 0.08, .alpha = 0.025};
    const std::int64_t n = *sample_size_equivalence(design, 0.85);
    EXPECT_GE(*tost_power_normal(design, static_cast<double>(n)), 0.85);
    EXPECT_LT(*tost_power_normal(design, static_cast<double>(n - 1)), 0.85);
}

TEST(SampleSize, IsUndefinedWhereNoNumberWillDo) {
    EXPECT_FALSE(sample_size_equivalence({.delta = 0.1, .margin = 0.1}, 0.8));
    EXPECT_FALSE(sample_size_equivalence({.delta = -0.2, .margin = 0.1}, 0.8));
    EXPECT_FALSE(sample_size_equivalence({.margin = 1e-9}, 0.8));
    EXPECT_FALSE(
        sample_size_equivalence({.decisive_rate = 0.001, .delta = 0.05, .margin = 0.1}, 0.8));
    EXPECT_FALSE(sample_size_noninferiority({.delta = -0.1, .margin = 0.1}, 0.8));
    EXPECT_FALSE(sample_size_superiority({}, 0));
    EXPECT_FALSE(sample_size_superiority({.decisive_rate = 0.01}, 0.5));
    EXPECT_FALSE(tost_power_normal({.decisive_rate = 0.01, .delta = 0.5, .margin = 0.6}, 10));
}

TEST(SampleSize, WithoutDecisiveComparisonsOneIsEnough) {
    EXPECT_EQ(*sample_size_equivalence({.decisive_rate = 0, .margin = 0.1}, 0.8), 1);
    EXPECT_EQ(*tost_power_normal({.decisive_rate = 0, .margin = 0.1}, 5), 1);
}

TEST(Power, NeverBelowZeroAndGrowsWithTheMargin) {
    double previous = 0;
    for (double margin = 0.01; margin < 0.5; margin += 0.01) {
        const double power = *tost_power_normal(
            {.decisive_rate = 0.6, .delta = 0.01, .margin = margin}, 154);
        EXPECT_GE(power, previous);
        previous = power;
    }
    EXPECT_GT(previous, 0.999);
}

TEST(NormalMde, SolvesItsEquation) {
    for (const double n : {20.0, 154.0, 1e6}) {
        const auto mde = mde_net_normal({.decisive_rate = 0.5, .power = 0.9, .alpha = 0.05}, n);
        ASSERT_TRUE(mde);
        const double d = mde->net;
        EXPECT_NEAR(
            std::sqrt(n) * d,
            1.959963984540054 * std::sqrt(0.5) + 1.2815515655446004 * std::sqrt(0.5 - d * d),
            1e-9);
        EXPECT_DOUBLE_EQ(mde->score, d / 2);
    }
    EXPECT_NEAR(mde_net_normal({.decisive_rate = kStudyRate}, 154)->net, 0.174, 5e-4);
    EXPECT_FALSE(mde_net_normal({.decisive_rate = 0}, 154)->decisive_win_rate);
    EXPECT_FALSE(mde_net_normal({}, 1));
}

TEST(Superiority, TheMdeOfItsSampleSizeIsAtMostTheDelta) {
    const DifferenceDesign design{.decisive_rate = 0.6, .power = 0.8, .alpha = 0.05};
    for (const double delta : {0.05, 0.1, 0.3}) {
        const double n = static_cast<double>(*sample_size_superiority(design, delta));
        EXPECT_LE(mde_net_normal(design, n)->net, delta + 1e-12);
        EXPECT_GT(mde_net_normal(design, n - 1)->net, delta);
        EXPECT_EQ(*sample_size_superiority(design, -delta) > 0, true);
    }
}

}  // namespace
}  // namespace assay::stats
