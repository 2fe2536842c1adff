#include "assay/stats/bootstrap.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "assay/base/random.hpp"
#include "assay/stats/agreement.hpp"
#include "assay/stats/clusters.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/tango.hpp"

namespace assay::stats {
namespace {

TEST(Bca, IsNearTangosIntervalForManyComparisons) {
    const auto bca = bca_net(450, 480, 610, 0.95);
    const auto tango = tango_interval(net_counts(450, 480, 610), normal_critical(0.95));
    EXPECT_NEAR(bca->interval.low, tango->low, 0.002);
    EXPECT_NEAR(bca->interval.high, tango->high, 0.002);
}

TEST(Bca, MirrorsUpToOneStepOfTheLattice) {
    const auto a = bca_net(5, 1, 94, 0.95), b = bca_net(1, 5, 94, 0.95);
    EXPECT_NEAR(a->interval.low, -b->interval.high, 0.0101);
    EXPECT_NEAR(*a->acceleration, -*b->acceleration, 1e-15);
    EXPECT_NEAR(*a->bias_correction, -*b->bias_correction, 1e-9);
}

TEST(Bca, FallsBackToTangoWhereAllVerdictsAreAlike) {
    const auto r = bca_net(0, 0, 30, 0.95);
    EXPECT_TRUE(r->degenerate);
    EXPECT_FALSE(r->acceleration);
    EXPECT_LT(r->interval.low, r->interval.high);
    EXPECT_TRUE(bca_net(3, 0, 0, 0.95)->degenerate);
    EXPECT_FALSE(bca_net(0, 0, 0, 0.95));
    EXPECT_FALSE(bca_net(1'000'000, 1, 1, 0.95));
}

/// Clusters of one comparison each.
std::vector<ClusterTotal> singletons(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    return {{1, 1, wins}, {1, -1, losses}, {1, 0, ties}};
}

TEST(BcaClustered, OfSingletonsIsNearTheExactOne) {
    const auto exact = bca_net(45, 48, 61, 0.9);
    const auto drawn = bca_clustered(
        singletons(45, 48, 61), 0.9, {.n_resamples = 40'000, .seed = 7});
    EXPECT_NEAR(drawn->interval.low, exact->interval.low, 0.0131);  // two steps of the lattice
    EXPECT_NEAR(drawn->interval.high, exact->interval.high, 0.0131);
    EXPECT_NEAR(*drawn->acceleration, *exact->acceleration, 1e-3);
    EXPECT_NEAR(*drawn->bias_correction, *exact->bias_correction, 0.03);
}

TEST(BcaClustered, IsTheSameForASeedAndDiffersBetweenSeeds) {
    const std::vector<ClusterTotal> clusters{
        {2, 2, 20}, {2, 1, 13}, {2, 0, 31}, {2, -1, 17}, {2, -2, 11}, {1, 1, 3}};
    const auto a = bca_clustered(clusters, 0.9), b = bca_clustered(clusters, 0.9);
    EXPECT_EQ(a->interval.low, b->interval.low);
    EXPECT_EQ(*a->bias_correction, *b->bias_correction);
    EXPECT_NE(*a->bias_correction,
              *bca_clustered(clusters, 0.9, {.n_resamples = 10'000, .seed = 2})->bias_correction);
    EXPECT_FALSE(a->degenerate);
}

TEST(BcaClustered, IsNearTheRobustIntervalForManyClusters) {
    const std::vector<ClusterTotal> clusters{
        {2, 2, 160}, {2, 1, 60}, {2, 0, 110}, {2, -1, 70}, {2, -2, 150}, {3, 1, 20}};
    double squares = 0, n = 0, sum = 0;
    for (const ClusterTotal& c : clusters) {
        n += static_cast<double>(c.n * c.times);
        sum += c.sum * static_cast<double>(c.times);
    }
    for (const ClusterTotal& c : clusters) {
        squares += static_cast<double>(c.n * c.times);  // any: CR1 does not use it
    }
    const auto robust = cluster_mean(clusters, squares, 0.9);
    const auto bca = bca_clustered(clusters, 0.9);
    EXPECT_NEAR(robust->mean, sum / n, 1e-15);
    EXPECT_NEAR(bca->interval.low, robust->interval->low, 0.005);
    EXPECT_NEAR(bca->interval.high, robust->interval->high, 0.005);
}

TEST(BcaClustered, CoversTheTruthAboutAsOftenAsItSays) {
    // 40 clusters of two verdicts that are alike with probability 1/2; true net 0. 400 trials at 90
    // %: 4 standard errors are 0.06.
    Rng rng(99);
    int covered = 0;
    for (int trial = 0; trial < 400; ++trial) {
        std::vector<ClusterTotal> clusters;
        for (int g = 0; g < 40; ++g) {
            const auto draw = [&] { return static_cast<double>(rng.below(3)) - 1; };
            const double first = draw(), second = rng.below(2) == 0 ? first : draw();
            clusters.push_back({2, first + second, 1});
        }
        const auto bca = bca_clustered(clusters, 0.9, {.n_resamples = 500, .seed = 3});
        covered += bca->interval.low <= 0 && 0 <= bca->interval.high;
    }
    EXPECT_GT(covered, 400 * 0.84);
    EXPECT_LT(covered, 400 * 0.96);
}

TEST(BcaClustered, NeedsTwoClustersThatDiffer) {
    EXPECT_FALSE(bca_clustered({}, 0.9));
    EXPECT_FALSE(bca_clustered(std::vector<ClusterTotal>{{9, 3, 1}}, 0.9));
    EXPECT_FALSE(bca_clustered(std::vector<ClusterTotal>{{2, 0, 9}, {4, 0, 3}}, 0.9));
    const auto skewed = bca_clustered(std::vector<ClusterTotal>{{1, 0, 99}, {1, 1, 1}}, 0.9);
    ASSERT_TRUE(skewed);
    EXPECT_LE(skewed->interval.low, skewed->interval.high);
    EXPECT_GE(skewed->interval.low, 0);
}

/// Cohen's kappa of the nine cells of a table.
std::optional<double> kappa_of(std::span<const double> cells) {
    AgreementTable table(3, std::vector<std::int64_t>(3));
    for (std::size_t k = 0; k < 9; ++k) {
        table[k / 3][k % 3] = static_cast<std::int64_t>(cells[k]);
    }
    return cohen_kappa(table);
}

/// 60 pairs of categories, three pairs a cluster or each its own.
std::vector<std::vector<double>> tables_of_pairs(std::size_t per_cluster) {
    std::vector<std::vector<double>> out(60 / per_cluster, std::vector<double>(9));
    for (std::size_t i = 0; i < 60; ++i) {
        const std::size_t first = i % 3, second = i % 4 != 0 ? i % 3 : i / 2 % 3;
        out[i / per_cluster][3 * first + second] += 1;
    }
    return out;
}

// numpy 2: quantiles of kappa in 200,000 (100,000) resamples of these clusters: [0.65, 0.85] and
// [0.5960, 0.8747].
TEST(PercentileClustered, IsThatOfAnotherProgram) {
    const auto clustered = percentile_clustered(
        tables_of_pairs(3), kappa_of, 0.95, {.n_resamples = 20'000, .seed = 1});
    EXPECT_NEAR(clustered->low, 0.65, 1e-9);
    EXPECT_NEAR(clustered->high, 0.85, 1e-9);
    const auto independent = percentile_clustered(
        tables_of_pairs(1), kappa_of, 0.95, {.n_resamples = 20'000, .seed = 1});
    EXPECT_NEAR(independent->low, 0.596, 0.006);
    EXPECT_NEAR(independent->high, 0.8747, 0.006);
}

TEST(PercentileClustered, CoversTheTruthAboutAsOftenAsItSays) {
    // Two raters who agree on 70 % and otherwise draw one of three categories each: kappa is 0.7.
    // 300 trials at 95 %: 4 standard errors are 0.05.
    Rng rng(7);
    int covered = 0;
    for (int trial = 0; trial < 300; ++trial) {
        std::vector<std::vector<double>> clusters(100, std::vector<double>(9));
        for (auto& cells : clusters) {
            const std::size_t first = rng.below(3);
            const std::size_t second = rng.uniform() < 0.7 ? first : rng.below(3);
            cells[3 * first + second] += 1;
        }
        const auto interval = percentile_clustered(
            clusters, kappa_of, 0.95, {.n_resamples = 400, .seed = 5});
        covered += interval->low <= 0.7 && 0.7 <= interval->high;
    }
    EXPECT_GT(covered, 300 * 0.90);
    EXPECT_LT(covered, 300 * 0.99);
}

TEST(PercentileClustered, IsNothingWithoutSpreadOrWhereTheStatisticIsMostlyUndefined) {
    const std::vector<double> tie{0, 0, 0, 0, 1, 0, 0, 0, 0}, win{0, 0, 0, 0, 0, 0, 0, 0, 1};
    EXPECT_FALSE(percentile_clustered({}, kappa_of, 0.95));
    EXPECT_FALSE(percentile_clustered({tie}, kappa_of, 0.95));
    EXPECT_FALSE(percentile_clustered({tie, tie, tie}, kappa_of, 0.95)) << "never defined";
    EXPECT_FALSE(percentile_clustered({tie, tie, tie, win}, kappa_of, 0.95))
        << "all ties in a third of the resamples";
    EXPECT_FALSE(percentile_clustered(
        std::vector<std::vector<double>>(20, {1, 1}),
        [](std::span<const double> s) { return std::optional(s[0] / s[1]); },
        0.95));
}

}  // namespace
}  // namespace assay::stats
