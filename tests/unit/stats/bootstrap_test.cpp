#include "assay/stats/bootstrap.hpp"

#include <gtest/gtest.h>

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

}  // namespace
}  // namespace assay::stats
