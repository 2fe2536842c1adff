#include "assay/stats/distributions.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace assay::stats {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

TEST(Distributions, NormalQuantilesInvertTailsFarOut) {
    EXPECT_NEAR(normal_critical(0.95), 1.959963984540054, 1e-12);
    for (const double p : {0.5, 0.05, 1e-9, 1e-200, 0.9, 0.999}) {
        EXPECT_NEAR(normal_upper(normal_upper_quantile(p)) / p, 1, 1e-11) << p;
    }
    EXPECT_EQ(normal_upper_quantile(0), kInfinity);
    EXPECT_EQ(normal_upper_quantile(1), -kInfinity);
}

TEST(Distributions, StudentIsNormalAtInfinityAndHeavierBefore) {
    EXPECT_NEAR(student_upper_quantile(0.05, 1), 6.313751514675043, 1e-9);
    EXPECT_NEAR(student_upper_quantile(0.025, 10), 2.228138851964939, 1e-9);
    EXPECT_DOUBLE_EQ(student_upper_quantile(0.025, kInfinity), normal_upper_quantile(0.025));
    EXPECT_NEAR(student_upper(student_upper_quantile(0.01, 4), 4), 0.01, 1e-12);
    EXPECT_EQ(student_upper(kInfinity, 3), 0);
    EXPECT_EQ(student_upper(-kInfinity, 3), 1);
}

TEST(Distributions, ChiSquaredWithTwoDegreesIsExponential) {
    for (const double x : {0.1, 1.0, 30.0}) {
        EXPECT_NEAR(chi_squared_upper(x, 2), std::exp(-x / 2), 1e-14);
    }
    EXPECT_EQ(chi_squared_upper(0, 2), 1);
    EXPECT_EQ(chi_squared_upper(kInfinity, 2), 0);
}

TEST(Distributions, BinomialAgreesWithSummingItsTerms) {
    for (const double p : {0.0, 0.02, 0.5, 0.83, 1.0}) {
        for (const std::int64_t n : {0, 1, 7, 40}) {
            double below = 0;
            for (std::int64_t k = -1; k <= n + 1; ++k) {
                EXPECT_NEAR(binomial_upper(k, n, p), 1 - below, 1e-13);
                below += binomial_pmf(k, n, p);
                EXPECT_NEAR(binomial_cdf(k, n, p), below, 1e-13) << k << " of " << n << " at " << p;
            }
            EXPECT_NEAR(below, 1, 1e-13);
        }
    }
}

TEST(Distributions, BinomialHoldsForAThousandMillion) {
    const std::int64_t n = 1'000'000'000;
    EXPECT_NEAR(binomial_cdf(n / 2, n, 0.5), 0.5, 2e-5);
    EXPECT_NEAR(binomial_cdf(499'950'000, n, 0.5), normal_cdf(-50'000 / std::sqrt(n / 4.0)), 1e-6);
    EXPECT_EQ(binomial_cdf(n / 3, n, 0.5), 0);
}

TEST(Distributions, LogBetaCdfGoesOnWhereTheCdfUnderflows) {
    EXPECT_NEAR(log_beta_cdf(0.5, 3, 5), std::log(beta_cdf(0.5, 3, 5)), 1e-14);
    // I_{1/2}(a, 1) = 2^-a
    EXPECT_NEAR(log_beta_cdf(0.5, 5000, 1), -5000 * std::log(2.0), 1e-8);
    // The asymptotic branch continues the direct one: halving steps differ by the same amount.
    const double before = log_beta_cdf(0.5, 900, 10), after = log_beta_cdf(0.5, 1100, 10),
                 between = log_beta_cdf(0.5, 1000, 10);
    EXPECT_NEAR(before + after, 2 * between, 0.15);
    EXPECT_LT(after, between);
}

TEST(Distributions, BetaQuantilesInvert) {
    for (const double p : {1e-12, 0.2, 0.99}) {
        EXPECT_NEAR(beta_cdf(beta_quantile(p, 3, 70), 3, 70) / p, 1, 1e-9);
        EXPECT_NEAR(beta_upper(beta_upper_quantile(p, 3, 70), 3, 70) / p, 1, 1e-9);
    }
    EXPECT_EQ(beta_quantile(0, 2, 2), 0);
    EXPECT_EQ(beta_upper_quantile(0, 2, 2), 1);
}

}  // namespace
}  // namespace assay::stats
