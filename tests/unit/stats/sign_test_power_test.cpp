#include "assay/stats/sign_test_power.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/stats/sample_size.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::stats {
namespace {

TEST(SignTestPower, RejectsExactlyWhenTheSignTestDoes) {
    for (std::int64_t n = 0; n <= 60; ++n) {
        const std::int64_t c = sign_test_critical(n, 0.05);
        for (std::int64_t wins = 0; wins <= n; ++wins) {
            EXPECT_EQ(std::min(wins, n - wins) <= c, sign_test(wins, n - wins).two_sided <= 0.05)
                << wins << " of " << n;
        }
    }
}

TEST(SignTestPower, ReachesAlphaItself) {
    EXPECT_EQ(sign_test_critical(5, 0.0625), 0);  // 2 / 2^5 is exactly alpha
    EXPECT_EQ(sign_test_critical(5, 0.05), -1);
    EXPECT_EQ(sign_test_critical(6, 0.05), 0);
    EXPECT_EQ(sign_test_critical(0, 0.05), -1);
}

TEST(SignTestPower, FiguresOfTheStudy) {
    EXPECT_NEAR(sign_test_power(93, 0.6, 0.05).power, 0.444, 5e-4);
    EXPECT_NEAR(*sign_test_detectable(93, 0.8, 0.05) - 0.5, 0.149, 5e-4);
    EXPECT_NEAR(*sign_test_detectable(93, 0.9, 0.05) - 0.5, 0.170, 5e-4);
    const auto n = sign_test_sample_size(0.6, 0.8, 0.05);
    EXPECT_EQ(n->n_first, 199);
    EXPECT_EQ(n->n_stable, 210);
}

TEST(SignTestPower, IsSymmetricAndAtHalfTheSize) {
    EXPECT_NEAR(sign_test_power(80, 0.3, 0.05).power, sign_test_power(80, 0.7, 0.05).power, 1e-13);
    EXPECT_LE(sign_test_power(80, 0.5, 0.05).power, 0.05);
    EXPECT_EQ(sign_test_power(5, 0.9, 0.05).power, 0);
    EXPECT_EQ(sign_test_power(80, 1, 0.05).power, 1);
}

TEST(SignTestPower, NothingIsDetectableWithTooFew) {
    EXPECT_FALSE(sign_test_detectable(5, 0.8, 0.05));
    EXPECT_TRUE(sign_test_detectable(6, 0.8, 0.05));
    EXPECT_FALSE(sign_test_detectable(0, 0.8, 0.05));
    EXPECT_FALSE(sign_test_sample_size(0.5, 0.8, 0.05));
    EXPECT_FALSE(sign_test_sample_size(0.5001, 0.8, 0.05));
    EXPECT_EQ(sign_test_sample_size(1, 0.8, 0.05)->n_first, 6);
    EXPECT_EQ(sign_test_sample_size(0.4, 0.8, 0.05)->n_first, 199);
}

TEST(NetDetectable, IsExactForTheStudy) {
    const auto net = net_detectable(154, 93.0 / 154, 0.8, 0.05);
    ASSERT_TRUE(net);
    EXPECT_TRUE(net->exact);
    EXPECT_NEAR(net->net, 0.179, 1e-3);
}

TEST(NetDetectable, WithAllDecisiveIsTheSignTests) {
    EXPECT_NEAR(net_detectable(154, 1, 0.8, 0.05)->net,
                2 * *sign_test_detectable(154, 0.8, 0.05) - 1,
                1e-9);
    EXPECT_NEAR(*sign_test_detectable(154, 0.8, 0.05) - 0.5, 0.114, 5e-4);
}

TEST(NetDetectable, ItsPowerIsTheMeanOverTheNumberOfDecisiveOnes) {
    const double d = 0.3;
    const std::int64_t n = 40;
    const double net = net_detectable(n, d, 0.8, 0.05)->net, p = 0.5 + net / (2 * d);
    double power = 0, weight = std::pow(1 - d, static_cast<double>(n));
    for (std::int64_t k = 0; k <= n; ++k) {
        power += weight * sign_test_power(k, p, 0.05).power;
        weight *= static_cast<double>(n - k) / static_cast<double>(k + 1) * d / (1 - d);
    }
    EXPECT_NEAR(power, 0.8, 1e-9);
}

TEST(NetDetectable, GoesOverToTheNormalFormWithoutAJump) {
    const auto exact = net_detectable(kExactNetLimit, 0.6, 0.8, 0.05),
               normal = net_detectable(kExactNetLimit + 1, 0.6, 0.8, 0.05);
    EXPECT_TRUE(exact->exact);
    EXPECT_FALSE(normal->exact);
    EXPECT_NEAR(normal->net / exact->net, 1, 0.01);
    EXPECT_GT(net_detectable(1'000'000'000, 0.6, 0.8, 0.05)->net, 0);
}

TEST(NetDetectable, IsUndefinedWhereNothingWouldShow) {
    EXPECT_FALSE(net_detectable(0, 0.5, 0.8, 0.05));
    EXPECT_FALSE(net_detectable(100, 0, 0.8, 0.05));
    EXPECT_FALSE(net_detectable(8, 0.5, 0.8, 0.05));
    EXPECT_FALSE(net_detectable(1'000'000, 1e-6, 0.8, 0.05));
}

}  // namespace
}  // namespace assay::stats
