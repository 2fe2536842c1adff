#include "assay/stats/multiplicity.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "assay/base/random.hpp"

namespace assay::stats {
namespace {

TEST(Multiplicity, HolmIsNeverBelowBenjaminiHochbergNorThatBelowP) {
    Rng rng(14);
    for (int round = 0; round < 200; ++round) {
        std::vector<double> p;
        for (std::size_t i = 0; i < 1 + rng.below(12); ++i) {
            p.push_back(rng.below(4) == 0 ? 0.01 : rng.uniform());
        }
        const auto h = holm(p), bh = benjamini_hochberg(p);
        for (std::size_t i = 0; i < p.size(); ++i) {
            EXPECT_GE(h[i], bh[i] - 1e-15);
            EXPECT_GE(bh[i], p[i]);
            EXPECT_LE(h[i], 1);
            EXPECT_LE(h[i],
                      std::min(1.0, p[i] * static_cast<double>(p.size())) + 1e-9 + (1 - p[i]));
        }
    }
}

TEST(Multiplicity, KeepsOrderAndTies) {
    const std::vector<double> p{0.04, 0.01, 0.04};
    const auto h = holm(p), bh = benjamini_hochberg(p);
    EXPECT_DOUBLE_EQ(h[1], 0.03);
    EXPECT_DOUBLE_EQ(h[0], 0.08);
    EXPECT_EQ(h[0], h[2]);
    EXPECT_DOUBLE_EQ(bh[1], 0.03);
    EXPECT_DOUBLE_EQ(bh[0], 0.04);
    EXPECT_EQ(bh[0], bh[2]);
}

TEST(Multiplicity, OfOneOrNoneChangesNothing) {
    EXPECT_EQ(holm(std::vector<double>{0.3}), std::vector<double>{0.3});
    EXPECT_EQ(benjamini_hochberg(std::vector<double>{0.3}), std::vector<double>{0.3});
    EXPECT_TRUE(holm({}).empty());
    EXPECT_EQ(holm(std::vector<double>{1, 0}), (std::vector<double>{1, 0}));
}

}  // namespace
}  // namespace assay::stats
