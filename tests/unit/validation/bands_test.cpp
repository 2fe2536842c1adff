#include "assay/validation/bands.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace assay::validation {
namespace {

TEST(Row, PassesInsideItsBandAndNeverWithoutANumber) {
    Row row{"V0", "x", 0.5, 0.4, 0.5, 4, ""};
    EXPECT_TRUE(row.passed());
    row.value = 0.5001;
    EXPECT_FALSE(row.passed());
    row.value = 0.3999;
    EXPECT_FALSE(row.passed());
    row.value = std::numeric_limits<double>::quiet_NaN();
    EXPECT_FALSE(row.passed());
}

TEST(Bands, AreThoseOfTheDesignAtTwentyThousand) {
    EXPECT_NEAR(four_errors(0.05, 20'000), 0.0062, 5e-5);
    const Row size = near("V1", "size", {786, 20'000}, 0.0393);
    EXPECT_NEAR(size.low, 0.0338, 5e-5);
    EXPECT_NEAR(size.high, 0.0448, 5e-5);
    EXPECT_TRUE(size.passed());
    EXPECT_FALSE(near("V1", "size", {1'000, 20'000}, 0.0393).passed());
    EXPECT_NEAR(at_most("V16", "error", {0, 20'000}, 0.05).high, 0.0562, 5e-5);
    EXPECT_EQ(at_most("V16", "error", {0, 20'000}, 0.05).low, 0);
    EXPECT_FALSE(at_most("V16", "error", {1'200, 20'000}, 0.05).passed());
}

TEST(Bands, OfTheDesignAreWiderInTheFastScaleOnly) {
    const Row full = within({.fast = false}, "V18", "coverage", {900, 1'000}, {0.885, 0.915});
    EXPECT_EQ(full.low, 0.885);
    EXPECT_EQ(full.high, 0.915);
    const Row fast = within({.fast = true}, "V18", "coverage", {900, 1'000}, {0.885, 0.915});
    EXPECT_NEAR(fast.low, 0.885 - four_errors(0.885, 1'000), 1e-15);
    EXPECT_NEAR(fast.high, 0.915 + four_errors(0.915, 1'000), 1e-15);
    EXPECT_EQ(within({.fast = true}, "V15", "peeking", {300, 1'000}, {0.18, 1}).high, 1);
}

TEST(MeanWithin, IsWiderInTheFastScaleByFourErrorsOfTheMean) {
    // 100 values: half of them 1, half 3
    const Totals totals{.sum = 200, .squares = 500, .n = 100};
    const Row full = mean_within({.fast = false}, "W9", "calls", totals, {1.9, 2.1}, 2);
    EXPECT_EQ(full.value, 2);
    EXPECT_EQ(full.low, 1.9);
    EXPECT_EQ(full.high, 2.1);
    const Row fast = mean_within({.fast = true}, "W9", "calls", totals, {2.1, 2.2}, 2);
    EXPECT_NEAR(fast.low, 2.1 - 0.4, 1e-12);
    EXPECT_NEAR(fast.high, 2.2 + 0.4, 1e-12);
    EXPECT_TRUE(fast.passed());
    EXPECT_FALSE(mean_within({.fast = false}, "W9", "calls", totals, {2.1, 2.2}, 2).passed());
}

TEST(Exactly, TakesTheLastDecimalOfTheReferenceAsRounded) {
    EXPECT_TRUE(exactly("V6", "power", 0.80335, 0.8034).passed());
    EXPECT_FALSE(exactly("V6", "power", 0.8032, 0.8034).passed());
}

}  // namespace
}  // namespace assay::validation
