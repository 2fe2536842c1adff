#include "assay/stats/net_intervals.hpp"

#include <gtest/gtest.h>

#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

TEST(Newcombe, PublishedExample) {
    const auto ci = newcombe_paired({14, 5, 0, 22}, 0.95);  // Altman's example
    ASSERT_TRUE(ci);
    EXPECT_NEAR(ci->estimate, 5.0 / 41, 1e-12);
    EXPECT_NEAR(ci->low, 0.011, 5e-4);
    EXPECT_NEAR(ci->high, 0.226, 5e-4);
}

TEST(Newcombe, ExchangingTheModelsMirrors) {
    const auto a = newcombe_paired({20, 12, 2, 16}, 0.9), b = newcombe_paired({20, 2, 12, 16}, 0.9);
    EXPECT_NEAR(a->low, -b->high, 1e-15);
    EXPECT_NEAR(a->high, -b->low, 1e-15);
    EXPECT_FALSE(newcombe_paired({}, 0.9));
}

TEST(NetIntervals, StayInRangeAndAroundTheEstimate) {
    for (std::int64_t wins = 0; wins <= 6; ++wins) {
        for (std::int64_t losses = 0; losses <= 6; ++losses) {
            for (const std::int64_t ties : {0, 1, 9}) {
                if (wins + losses + ties == 0) {
                    continue;
                }
                const auto ci = mover_wilson(wins, losses, ties, 0.95);
                EXPECT_LE(ci->low, ci->estimate);
                EXPECT_GE(ci->high, ci->estimate);
                EXPECT_GE(ci->low, -1 - 1e-12);
                EXPECT_LE(ci->high, 1 + 1e-12);
                const NetInterval bp = bonett_price(wins, losses, ties, 0.95);
                EXPECT_GE(bp.low, -1);
                EXPECT_LE(bp.high, 1);
            }
        }
    }
    EXPECT_FALSE(mover_wilson(0, 0, 0, 0.95));
    EXPECT_FALSE(wald(0, 0, 0, 0.95));
}

TEST(NetIntervals, WaldHasNoWidthAtAllTiesAndTangoHas) {
    EXPECT_EQ(wald(0, 0, 50, 0.95)->low, wald(0, 0, 50, 0.95)->high);
    const auto tango = tango_interval(net_counts(0, 0, 50), normal_critical(0.95));
    EXPECT_LT(tango->low, tango->high);
}

TEST(NetIntervals, AgreeForManyComparisons) {
    const auto tango = tango_interval(net_counts(20'000, 21'000, 40'000), normal_critical(0.95));
    EXPECT_NEAR(mover_wilson(20'000, 21'000, 40'000, 0.95)->low, tango->low, 1e-5);
    EXPECT_NEAR(bonett_price(20'000, 21'000, 40'000, 0.95).low, tango->low, 1e-5);
    EXPECT_NEAR(wald(20'000, 21'000, 40'000, 0.95)->high, tango->high, 1e-5);
}

}  // namespace
}  // namespace assay::stats
