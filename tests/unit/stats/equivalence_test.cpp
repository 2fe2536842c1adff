#include "assay/stats/equivalence.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/base/random.hpp"

namespace assay::stats {
namespace {

TEST(Tost, GivesTheStudysFigures) {
    const NetCounts study = net_counts(45, 48, 61);
    EXPECT_NEAR(tost_score(study, 0.05)->p_tost, 0.313, 5e-4);
    EXPECT_NEAR(tost_score(study, 0.10)->p_tost, 0.098, 5e-4);
    EXPECT_NEAR(tost_score(study, 0.15)->p_tost, 0.0178, 5e-5);
    EXPECT_NEAR(*smallest_equivalence_margin(study, 0.05), 0.122, 5e-4);
    EXPECT_NEAR(*smallest_equivalence_margin(study, 0.025), 0.141, 5e-4);
}

TEST(Tost, IsBelowAlphaExactlyWhenTheIntervalLiesInsideTheMargin) {
    Rng rng(11);
    for (int i = 0; i < 2000; ++i) {
        const auto bound = static_cast<std::uint64_t>(i % 2 == 0 ? 15 : 300);
        const NetCounts counts = net_counts(static_cast<std::int64_t>(rng.below(bound)),
                                            static_cast<std::int64_t>(rng.below(bound)),
                                            static_cast<std::int64_t>(rng.below(bound)) + 1);
        const double margin = 0.01 + 0.9 * rng.uniform(), alpha = 0.01 + 0.2 * rng.uniform();
        const double df = i % 3 == 0 ? kNormal : 1 + std::floor(30 * rng.uniform());
        const NetCounts used = effective(counts, 1 + rng.uniform());
        const auto ci = deciding_interval(used, alpha, df);
        const bool inside = ci->low > -margin && ci->high < margin;
        EXPECT_EQ(tost_score(used, margin, df)->p_tost < alpha, inside)
            << counts.wins << " " << counts.losses << " " << counts.n;
    }
}

TEST(Tost, ALargerMarginLowersEveryP) {
    double previous = 1;
    for (double margin = 0.01; margin < 1; margin += 0.01) {
        const double p = tost_score(net_counts(40, 50, 20), margin)->p_tost;
        EXPECT_LE(p, previous);
        previous = p;
    }
    EXPECT_EQ(tost_score(net_counts(40, 50, 20), 1)->p_tost, 0);
}

TEST(Tost, MirrorsWhenTheSidesAreSwapped) {
    const auto a = tost_score(net_counts(12, 30, 40), 0.2),
               b = tost_score(net_counts(30, 12, 40), 0.2);
    EXPECT_EQ(a->p_lower, b->p_upper);
    EXPECT_EQ(a->p_tost, b->p_tost);
    EXPECT_FALSE(tost_score(net_counts(0, 0, 0), 0.2));
}

TEST(BinomialTost, GivesTheStudysFiguresAndEdges) {
    EXPECT_NEAR(tost_binomial_decisive(45, 48, 0.05).p_tost, 0.290, 5e-4);
    EXPECT_NEAR(tost_binomial_decisive(45, 48, 0.10).p_tost, 0.062, 5e-4);
    EXPECT_NEAR(tost_binomial_decisive(45, 48, 0.15).p_tost, 0.0054, 5e-5);
    EXPECT_EQ(tost_binomial_decisive(0, 0, 0.1).p_tost, 1);
    EXPECT_EQ(tost_binomial_decisive(3, 4, 0.5).p_lower, 0);
    EXPECT_EQ(tost_binomial_decisive(0, 4, 0.7).p_lower, 1);
}

TEST(Region, PartitionsAllIntervalsWithTheirBoundaries) {
    const double m = 0.1;
    EXPECT_EQ(region_of(-0.0999, 0.0999, m), Region::kEquivalent);
    EXPECT_EQ(region_of(-0.0999, 0.1, m), Region::kNonInferior);
    EXPECT_EQ(region_of(-0.1, 0.0999, m), Region::kInconclusive);
    EXPECT_EQ(region_of(-0.1, -1e-9, m), Region::kDegraded);
    EXPECT_EQ(region_of(-0.1, 0, m), Region::kInconclusive);
    EXPECT_EQ(region_of(-0.5, -0.2, m), Region::kDegraded);
    EXPECT_EQ(region_of(-0.09, -0.01, m), Region::kEquivalent);
    EXPECT_EQ(region_of(0.2, 0.4, m), Region::kNonInferior);
    EXPECT_EQ(region_of(-0.5, 0.5, m), Region::kInconclusive);
}

TEST(Decide, FollowsItsIntervalAndPlansWithTheSmoothedRate) {
    const auto d = decide(net_counts(45, 48, 61), {.margin = 0.05});
    ASSERT_TRUE(d);
    EXPECT_EQ(d->region, Region::kInconclusive);
    EXPECT_EQ(d->n_total_if_zero, 2065);
    EXPECT_EQ(d->n_more_if_zero, 2065 - 154);
    EXPECT_EQ(d->n_total_if_observed, 3998);
    EXPECT_FALSE(decide(net_counts(0, 0, 0), {}));
}

TEST(Decide, TagsWhatIsDetectableAndBeyondTheMargin) {
    const auto worse = decide(net_counts(10, 80, 10), {.margin = 0.1});
    EXPECT_EQ(worse->region, Region::kDegraded);
    EXPECT_TRUE(worse->detectably_worse);
    EXPECT_TRUE(worse->beyond_margin);
    EXPECT_FALSE(worse->n_total_if_observed);  // the truth lies outside the margin
    const auto better = decide(net_counts(80, 10, 10), {.margin = 0.1});
    EXPECT_TRUE(better->detectably_better);
    EXPECT_FALSE(better->beyond_margin);
    const auto within = decide(net_counts(40'000, 41'000, 20'000), {.margin = 0.1});
    EXPECT_EQ(within->region, Region::kEquivalent);
    EXPECT_TRUE(within->detectably_worse);
    EXPECT_EQ(within->n_more_if_zero, 0);
}

}  // namespace
}  // namespace assay::stats
