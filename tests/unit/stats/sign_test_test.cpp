#include "assay/stats/sign_test.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace assay::stats {
namespace {

/// P(X = k) of Bin(n, 1/2) for all k, by Pascal's triangle.
std::vector<double> pascal(std::int64_t n) {
    std::vector<double> row{1};
    for (std::int64_t i = 0; i < n; ++i) {
        std::vector<double> next(row.size() + 1, 0.0);
        for (std::size_t k = 0; k < row.size(); ++k) {
            next[k] += row[k] / 2;
            next[k + 1] += row[k] / 2;
        }
        row = next;
    }
    return row;
}

TEST(SignTest, AgreesWithPascalsTriangleForAllCountsUpToThirty) {
    for (std::int64_t n = 1; n <= 30; ++n) {
        const std::vector<double> p = pascal(n);
        for (std::int64_t wins = 0; wins <= n; ++wins) {
            const std::int64_t losses = n - wins, fewer = std::min(wins, losses);
            double less = 0, greater = 0, tail = 0;
            for (std::int64_t k = 0; k <= n; ++k) {
                const double at = p[static_cast<std::size_t>(k)];
                if (k <= wins) {
                    less += at;
                }
                if (k >= wins) {
                    greater += at;
                }
                if (k <= fewer) {
                    tail += at;
                }
            }
            const double at_fewer = p[static_cast<std::size_t>(fewer)],
                         two = std::min(1.0, 2 * tail);
            const SignTestResult got = sign_test(wins, losses);
            EXPECT_NEAR(got.less, less, 1e-13);
            EXPECT_NEAR(got.greater, greater, 1e-13);
            EXPECT_NEAR(got.two_sided, two, 1e-13);
            EXPECT_NEAR(got.mid_p, wins == losses ? 1 - at_fewer / 2 : two - at_fewer, 1e-13)
                << wins << ":" << losses;
        }
    }
}

TEST(SignTest, WithoutDecisiveComparisonsEverythingIsOne) {
    const SignTestResult r = sign_test(0, 0);
    EXPECT_EQ(r.two_sided, 1);
    EXPECT_EQ(r.less, 1);
    EXPECT_EQ(r.greater, 1);
    EXPECT_EQ(r.mid_p, 1);
    EXPECT_EQ(mcnemar(0, 0).p_corrected, 1);
    EXPECT_EQ(mcnemar(0, 0).p_asymptotic, 1);
}

TEST(SignTest, GivesTheStudysTwoValues) {
    EXPECT_NEAR(sign_test(45, 48).two_sided, 0.8358461346, 1e-9);
    EXPECT_NEAR(mcnemar(45, 48).p_corrected, 0.8357050270, 1e-9);
}

TEST(SignTest, SwappingSidesSwapsTheTails) {
    for (const auto& [wins, losses] :
         {std::pair<int, int>{3, 8}, {0, 5}, {700, 650}, {1'000'000, 3}}) {
        const SignTestResult a = sign_test(wins, losses), b = sign_test(losses, wins);
        EXPECT_EQ(a.two_sided, b.two_sided);
        EXPECT_EQ(a.mid_p, b.mid_p);
        EXPECT_NEAR(a.less, b.greater, 1e-13);
    }
}

TEST(SignTest, IsNeverAboveOneAndMidPIsTheSmallerForAMillion) {
    for (std::int64_t wins = 0; wins <= 1'000'000; wins += 62'500) {
        const SignTestResult r = sign_test(wins, 1'000'000 - wins);
        EXPECT_GE(r.mid_p, 0);
        EXPECT_LE(r.mid_p, r.two_sided);
        EXPECT_LE(r.two_sided, 1);
        EXPECT_TRUE(std::isfinite(r.less) && std::isfinite(r.greater));
    }
}

TEST(SignTest, MinlikeAgreesWithTheDefinition) {
    const double p = 0.3;
    const std::int64_t n = 20;
    std::vector<double> pmf;
    for (std::int64_t k = 0; k <= n; ++k) {
        pmf.push_back(std::exp(std::lgamma(n + 1.0) - std::lgamma(k + 1.0) -
                               std::lgamma(n - k + 1.0) + static_cast<double>(k) * std::log(p) +
                               static_cast<double>(n - k) * std::log(1 - p)));
    }
    for (std::int64_t x = 0; x <= n; ++x) {
        double expected = 0;
        for (const double value : pmf) {
            if (value <= pmf[static_cast<std::size_t>(x)] * (1 + 1e-7)) {
                expected += value;
            }
        }
        EXPECT_NEAR(binomial_test_minlike(x, n, p), std::min(1.0, expected), 1e-12) << x;
    }
}

TEST(SignTest, MinlikeAtTheEdges) {
    EXPECT_EQ(binomial_test_minlike(0, 0, 0.4), 1);
    EXPECT_EQ(binomial_test_minlike(0, 5, 0), 1);
    EXPECT_EQ(binomial_test_minlike(1, 5, 0), 0);
    EXPECT_EQ(binomial_test_minlike(5, 5, 1), 1);
    EXPECT_NEAR(binomial_test_minlike(45, 93, 0.5), sign_test(45, 48).two_sided, 1e-12);
}

}  // namespace
}  // namespace assay::stats
