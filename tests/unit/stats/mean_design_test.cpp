#include "assay/stats/mean_design.hpp"

#include <gtest/gtest.h>

#include "assay/base/random.hpp"

namespace assay::stats {
namespace {

TEST(MeanDesign, NumbersOfQuestionsAreTheFirstWithThatPower) {
    Rng rng(11);
    for (int i = 0; i < 300; ++i) {
        const double margin = 0.03 + 0.2 * rng.uniform();
        const MeanDesign design{.variance = 0.05 + 0.9 * rng.uniform(),
                                .delta = margin * (rng.uniform() - 0.5),
                                .margin = margin,
                                .alpha = 0.01 + 0.1 * rng.uniform()};
        const double power = 0.5 + 0.45 * rng.uniform();
        const std::int64_t equivalent = *questions_equivalent(design, power),
                           ship = *questions_ship(design, power);
        EXPECT_GE(power_equivalent(design, static_cast<double>(equivalent)), power);
        EXPECT_GE(power_ship(design, static_cast<double>(ship)), power - 1e-9);
        if (equivalent > 1) {
            EXPECT_LT(power_equivalent(design, static_cast<double>(equivalent - 1)), power);
        }
        if (ship > 1) {
            EXPECT_LT(power_ship(design, static_cast<double>(ship - 1)), power);
        }
        EXPECT_LE(ship, equivalent);
    }
}

TEST(MeanDesign, WithoutVarianceTheDifferenceDecides) {
    EXPECT_EQ(power_ship({.variance = 0, .delta = -0.05}, 1), 1);
    EXPECT_EQ(power_ship({.variance = 0, .delta = -0.1}, 1), 0);
    EXPECT_EQ(power_equivalent({.variance = 0, .delta = 0.2}, 1), 0);
}

TEST(MeanDesign, BeyondTheMarginNoNumberDoes) {
    EXPECT_FALSE(questions_ship({.delta = -0.1}, 0.8));
    EXPECT_FALSE(questions_equivalent({.delta = 0.1}, 0.8));
    EXPECT_TRUE(questions_ship({.delta = 0.1}, 0.8));
    EXPECT_FALSE(questions_ship({.margin = 1e-9}, 0.8));
    EXPECT_FALSE(questions_equivalent({.margin = 1e-9}, 0.8));
}

}  // namespace
}  // namespace assay::stats
