#include "assay/stats/tango.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "assay/base/random.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

constexpr double kZ90 = 1.6448536269514722;
constexpr double kZ95 = 1.959963984540054;

struct Case {
    std::int64_t wins, losses, ties;
};
Case draw(Rng& rng, std::uint64_t bound) {
    return {static_cast<std::int64_t>(rng.below(bound)),
            static_cast<std::int64_t>(rng.below(bound)),
            static_cast<std::int64_t>(rng.below(bound))};
}

TEST(Tango, PublishedExample) {
    const auto ci = tango_interval(net_counts(7, 1, 13), kZ95);  // Bentur et al., in Tango 1998
    ASSERT_TRUE(ci);
    EXPECT_NEAR(ci->low, 0.026, 5e-4);
    EXPECT_NEAR(ci->high, 0.517, 5e-4);
}

TEST(Tango, ScoreAtZeroIsMcNemars) {
    EXPECT_NEAR(*tango_z(net_counts(45, 48, 61), 0), -3 / std::sqrt(93.0), 1e-14);
    EXPECT_EQ(*tango_z(net_counts(0, 0, 20), 0), 0);
}

TEST(Tango, LimitsAreWhereTheScoreIsTheCriticalValue) {
    Rng rng(7);
    for (int i = 0; i < 500; ++i) {
        const Case c = draw(rng, i < 250 ? 12 : 100'000);
        const NetCounts counts = net_counts(c.wins, c.losses, c.ties);
        if (counts.n == 0) {
            continue;
        }
        const auto ci = tango_interval(counts, kZ90);
        ASSERT_TRUE(ci);
        EXPECT_LE(ci->low, ci->estimate);
        EXPECT_GE(ci->high, ci->estimate);
        if (ci->low > -1 + 1e-9) {
            EXPECT_NEAR(*tango_z(counts, ci->low), kZ90, 1e-6)
                << c.wins << " " << c.losses << " " << c.ties;
        }
        if (ci->high < 1 - 1e-9) {
            EXPECT_NEAR(*tango_z(counts, ci->high), -kZ90, 1e-6)
                << c.wins << " " << c.losses << " " << c.ties;
        }
    }
}

TEST(Tango, ScoreFallsInDelta) {
    Rng rng(8);
    for (int i = 0; i < 100; ++i) {
        const Case c = draw(rng, 30);
        const NetCounts counts = net_counts(c.wins, c.losses, c.ties + 1);
        double previous = std::numeric_limits<double>::infinity();
        for (int step = -50; step <= 50; ++step) {
            const double z = *tango_z(counts, step / 50.0);
            EXPECT_LE(z, previous + 1e-9);
            previous = z;
        }
    }
}

TEST(Tango, SwappingWinsAndLossesMirrors) {
    Rng rng(9);
    for (int i = 0; i < 300; ++i) {
        const Case c = draw(rng, 40);
        if (c.wins + c.losses + c.ties == 0) {
            continue;
        }
        const auto a = tango_interval(net_counts(c.wins, c.losses, c.ties), kZ95);
        const auto b = tango_interval(net_counts(c.losses, c.wins, c.ties), kZ95);
        EXPECT_EQ(a->low, -b->high);
        EXPECT_EQ(a->estimate, -b->estimate);
        EXPECT_EQ(*tango_z(net_counts(c.wins, c.losses, c.ties), 0.3),
                  -*tango_z(net_counts(c.losses, c.wins, c.ties), -0.3));
    }
}

TEST(Tango, DoublingAllCountsNarrows) {
    Rng rng(10);
    for (int i = 0; i < 300; ++i) {
        const Case c = draw(rng, 40);
        if (c.wins + c.losses + c.ties == 0) {
            continue;
        }
        const auto once = tango_interval(net_counts(c.wins, c.losses, c.ties), kZ95);
        const auto twice = tango_interval(net_counts(2 * c.wins, 2 * c.losses, 2 * c.ties), kZ95);
        EXPECT_LT(twice->high - twice->low, once->high - once->low);
    }
}

TEST(Tango, AtTheEdges) {
    EXPECT_FALSE(tango_interval(net_counts(0, 0, 0), kZ95));
    EXPECT_FALSE(tango_z(net_counts(0, 0, 0), 0.1));
    const auto lost = tango_interval(net_counts(0, 5, 0), kZ95),
               won = tango_interval(net_counts(5, 0, 0), kZ95);
    EXPECT_EQ(lost->low, -1);
    EXPECT_LT(lost->high, 1);
    EXPECT_EQ(won->high, 1);
    const auto ties = tango_interval(net_counts(0, 0, 1'000'000), kZ95);
    EXPECT_NEAR(ties->high, kZ95 * kZ95 / (1e6 + kZ95 * kZ95), 1e-18);
    EXPECT_EQ(*tango_z(net_counts(3, 0, 0), -1), std::numeric_limits<double>::infinity());
    EXPECT_EQ(*tango_z(net_counts(0, 3, 0), 1), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(*tango_z(net_counts(3, 0, 0), 1), 0);
    const auto nearly = tango_interval(net_counts(999'999, 0, 1), kZ95);
    EXPECT_LT(nearly->low, nearly->estimate);
    EXPECT_LE(nearly->high, 1);
}

TEST(Tango, ADesignEffectOfOneIsTheIdentityAndALargerOneWidens) {
    const NetCounts counts = net_counts(45, 48, 61);
    const auto plain = tango_interval(counts, kZ90),
               same = tango_interval(effective(counts, 1), kZ90);
    const auto wide = tango_interval(effective(counts, 1.5), kZ90),
               t = tango_interval(counts, student_upper_quantile(0.05, 9));
    EXPECT_EQ(plain->low, same->low);
    EXPECT_LT(wide->low, plain->low);
    EXPECT_GT(wide->high, plain->high);
    EXPECT_LT(t->low, plain->low);
    EXPECT_DOUBLE_EQ(wide->estimate, plain->estimate);
    EXPECT_NEAR(wide->low, -0.145, 1e-3);  // statistics.md 1: "design effect 1.5: [-14.5, +10.6]"
    EXPECT_NEAR(wide->high, 0.106, 1e-3);
}

}  // namespace
}  // namespace assay::stats
