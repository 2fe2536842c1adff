#include "assay/stats/clusters.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::stats {
namespace {

std::vector<std::int64_t> own_clusters(std::size_t n) {
    std::vector<std::int64_t> out(n);
    std::iota(out.begin(), out.end(), 0);
    return out;
}

TEST(ClusterMean, OfSingletonsHasADesignEffectOfOne) {
    const std::vector<double> y{1, -1, 0, 1, 1, 0, -1, 1};
    const auto r = cluster_mean(y, own_clusters(y.size()), 0.9);
    EXPECT_NEAR(*r->design_effect, 1, 1e-12);
    EXPECT_NEAR(*r->se_cr1, *r->se_naive, 1e-12);
    EXPECT_NEAR(*r->se_miller, *r->se_naive, 1e-12);
    EXPECT_EQ(r->mean_cluster_size, 1);
}

TEST(ClusterMean, OfCopiesHasAboutTheClusterSize) {
    std::vector<double> y;
    std::vector<std::int64_t> cluster;
    for (int g = 0; g < 60; ++g) {
        for (int k = 0; k < 3; ++k) {
            y.push_back(g % 3 - 1);
            cluster.push_back(g);
        }
    }
    const auto r = cluster_mean(y, cluster, 0.9);
    EXPECT_NEAR(*r->design_effect, 3, 0.05);
    EXPECT_EQ(r->mean_cluster_size, 3);
    EXPECT_EQ(r->largest, 3);
    EXPECT_NEAR(r->interval->high - r->mean, student_upper_quantile(0.05, 59) * *r->se_cr1, 1e-12);
}

TEST(ClusterMean, AtTheEdges) {
    EXPECT_FALSE(cluster_mean({}, {}, 0.9));
    const std::vector<double> same{1, 1, 1}, one{1};
    const auto alike = cluster_mean(same, std::vector<std::int64_t>{1, 1, 2}, 0.9);
    EXPECT_FALSE(alike->design_effect);
    EXPECT_NEAR(alike->mean_cluster_size, 5.0 / 3, 1e-15);
    const auto single = cluster_mean(same, std::vector<std::int64_t>{4, 4, 4}, 0.9);
    EXPECT_FALSE(single->se_cr1);
    EXPECT_FALSE(single->interval);
    EXPECT_FALSE(cluster_mean(one, std::vector<std::int64_t>{4}, 0.9)->se_naive);
}

TEST(ClusterMean, FromTotalsIsThatOfTheObservations) {
    const std::vector<double> y{1, 1, -1, 0, 0, 1, -1, -1, 0, 1, 1};
    const std::vector<std::int64_t> cluster{0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5};
    const std::vector<ClusterTotal> totals{{2, 2, 1}, {2, -1, 1}, {2, 1, 2}, {2, -2, 1}, {1, 1, 1}};
    const double mean = 2.0 / 11;
    double squares = 0;
    for (const double value : y) {
        squares += (value - mean) * (value - mean);
    }
    const auto a = cluster_mean(y, cluster, 0.9), b = cluster_mean(totals, squares, 0.9);
    EXPECT_NEAR(a->mean, b->mean, 1e-15);
    EXPECT_EQ(a->n_clusters, b->n_clusters);
    EXPECT_EQ(a->largest, b->largest);
    EXPECT_NEAR(a->mean_cluster_size, b->mean_cluster_size, 1e-15);
    EXPECT_NEAR(*a->design_effect, *b->design_effect, 1e-12);
    EXPECT_NEAR(*a->se_miller, *b->se_miller, 1e-12);
    EXPECT_NEAR(a->interval->low, b->interval->low, 1e-12);
    EXPECT_FALSE(cluster_mean(std::span<const ClusterTotal>{}, 0, 0.9));
}

TEST(SignFlip, AgreesWithFlippingEverySign) {
    Rng rng(12);
    for (int round = 0; round < 60; ++round) {
        std::vector<double> sums;
        for (std::size_t g = 0; g < 1 + rng.below(10); ++g) {
            sums.push_back(static_cast<double>(rng.below(13)) / 2 - 3);
        }
        const double observed = std::abs(std::accumulate(sums.begin(), sums.end(), 0.0));
        int at_least = 0;
        for (unsigned mask = 0; mask < 1u << sums.size(); ++mask) {
            double total = 0;
            for (std::size_t g = 0; g < sums.size(); ++g) {
                total += (mask >> g & 1u) != 0 ? sums[g] : -sums[g];
            }
            at_least += std::abs(total) >= observed - 1e-9;
        }
        const auto r = sign_flip_test(sums);
        EXPECT_TRUE(r->exact);
        EXPECT_NEAR(r->p_two, at_least / std::pow(2.0, static_cast<double>(sums.size())), 1e-12);
    }
}

TEST(SignFlip, EqualsTheSignTestForSingleVerdicts) {
    std::vector<double> y(61, 0.0);
    y.insert(y.end(), 45, 1.0);
    y.insert(y.end(), 48, -1.0);
    EXPECT_NEAR(sign_flip_test(y)->p_two, sign_test(45, 48).two_sided, 1e-14);
    std::vector<double> many(400'000, 1.5);
    many.insert(many.end(), 401'000, -1.5);
    EXPECT_TRUE(sign_flip_test(many)->exact);
    EXPECT_NEAR(sign_flip_test(many)->p_two, sign_test(400'000, 401'000).two_sided, 1e-14);
}

TEST(SignFlip, OfVeryManyClustersIsNormalAndSaysSo) {
    Rng rng(13);
    std::vector<double> sums;
    for (int g = 0; g < 40'000; ++g) {
        sums.push_back(static_cast<double>(rng.below(5)) - 2);
    }
    const auto r = sign_flip_test(sums);
    EXPECT_FALSE(r->exact);
    EXPECT_GT(r->p_two, 0);
    EXPECT_LE(r->p_two, 1);
}

TEST(SignFlip, AtTheEdges) {
    EXPECT_EQ(sign_flip_test({})->p_two, 1);
    EXPECT_EQ(sign_flip_test(std::vector<double>{0, 0})->p_two, 1);
    EXPECT_FALSE(sign_flip_test(std::vector<double>{0.3}));
    EXPECT_FALSE(sign_flip_test(std::vector<double>{1e300}));
}

// Validation V18: 77 questions judged twice, verdict correlation 1/2, nominal coverage 90 %.
TEST(ClusterMean, EffectiveCountsKeepTheCoverageThatIndependentOnesLose) {
    Rng rng(18);
    const auto draw = [&] {
        if (rng.uniform() < 0.4) {
            return 0.0;
        }
        return rng.uniform() < 0.5 ? 1.0 : -1.0;
    };
    constexpr int kRounds = 3000, kClusters = 77;
    int plain = 0, corrected = 0;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<double> y;
        std::vector<std::int64_t> cluster;
        for (int g = 0; g < kClusters; ++g) {
            const double first = draw(), second = rng.uniform() < 0.5 ? first : draw();
            y.insert(y.end(), {first, second});
            cluster.insert(cluster.end(), {g, g});
        }
        NetCounts counts{0, 0, 2.0 * kClusters};
        for (const double value : y) {
            (value > 0 ? counts.wins : counts.losses) += value != 0;
        }
        const auto r = cluster_mean(y, cluster, 0.9);
        const auto covers = [](const NetInterval& ci) { return ci.low <= 0 && ci.high >= 0; };
        plain += covers(*deciding_interval(counts, 0.05));
        corrected += covers(*deciding_interval(
            effective(counts, std::max(1.0, *r->design_effect)), 0.05, kClusters - 1));
    }
    EXPECT_LT(plain / double{kRounds}, 0.84);
    EXPECT_NEAR(corrected / double{kRounds}, 0.90, 0.024);
}

TEST(DesignEffectToUse, IsNeverBelowOneAndTakesTheClusterSizeWhereAllAreAlike) {
    const std::vector<std::int64_t> pairs{0, 0, 1, 1, 2, 2};
    const std::vector<double> alike{0, 0, 0, 0, 0, 0}, opposed{1, -1, 1, -1, 1, -1},
        same{1, 1, -1, -1, 0, 0};
    EXPECT_EQ(design_effect_to_use(*cluster_mean(alike, pairs, 0.9)), 2);
    EXPECT_EQ(design_effect_to_use(*cluster_mean(opposed, pairs, 0.9)), 1);
    const ClusterMean dependent = *cluster_mean(same, pairs, 0.9);
    EXPECT_EQ(design_effect_to_use(dependent), *dependent.design_effect);
}

}  // namespace
}  // namespace assay::stats
