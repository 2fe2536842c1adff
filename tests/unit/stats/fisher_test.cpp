#include "assay/stats/fisher.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::stats {
namespace {

double choose(std::int64_t n, std::int64_t k) {
    if (k < 0 || k > n) {
        return 0;
    }
    double out = 1;
    for (std::int64_t i = 1; i <= k; ++i) {
        out = out * static_cast<double>(n - k + i) / static_cast<double>(i);
    }
    return out;
}

double brute_force(const Table2x3& t) {
    const std::int64_t c0 = t[0][0] + t[1][0], c1 = t[0][1] + t[1][1], c2 = t[0][2] + t[1][2];
    const std::int64_t row = t[0][0] + t[0][1] + t[0][2];
    const auto weight = [&](std::int64_t a, std::int64_t b) {
        return choose(c0, a) * choose(c1, b) * choose(c2, row - a - b);
    };
    const double observed = weight(t[0][0], t[0][1]);
    double at_most = 0, all = 0;
    for (std::int64_t a = 0; a <= c0; ++a) {
        for (std::int64_t b = 0; b <= c1; ++b) {
            const double w = weight(a, b);
            all += w;
            if (w <= observed * (1 + 1e-7)) {
                at_most += w;
            }
        }
    }
    return at_most / all;
}

TEST(Fisher, AgreesWithEnumeratingWholeNumbers) {
    const Table2x3 tables[] = {{{{3, 1, 4}, {1, 5, 9}}},
                               {{{0, 7, 2}, {6, 0, 3}}},
                               {{{23, 24, 30}, {22, 24, 31}}},
                               {{{10, 0, 0}, {0, 0, 10}}},
                               {{{1, 0, 0}, {5, 6, 7}}},
                               {{{12, 3, 1}, {2, 9, 4}}}};
    for (const Table2x3& t : tables) {
        const FisherResult r = fisher_2x3(t);
        EXPECT_TRUE(r.exact);
        EXPECT_NEAR(r.p, brute_force(t), 1e-10);
        EXPECT_NEAR(fisher_2x3({t[1], t[0]}).p, r.p, 1e-12);
        const Table2x3 rolled{{{t[0][1], t[0][2], t[0][0]}, {t[1][1], t[1][2], t[1][0]}}};
        EXPECT_NEAR(fisher_2x3(rolled).p, r.p, 1e-12);
    }
}

TEST(Fisher, IsOneWhereNothingCanDiffer) {
    EXPECT_EQ(fisher_2x3({}).p, 1);
    EXPECT_EQ(fisher_2x3({{{0, 0, 5}, {0, 0, 5}}}).p, 1);
    EXPECT_EQ(fisher_2x3({{{3, 4, 5}, {0, 0, 0}}}).p, 1);
}

TEST(Fisher, OfLargeTablesIsChiSquaredAndSaysSo) {
    const Table2x3 t{{{150'000, 100'000, 50'000}, {149'000, 101'000, 50'000}}};
    const FisherResult r = fisher_2x3(t);
    EXPECT_FALSE(r.exact);
    EXPECT_EQ(r.p, chi_squared_2x3(t).p);
    const Table2x3 sparse{{{3, 2, 500'000}, {9, 2, 499'000}}};
    EXPECT_TRUE(fisher_2x3(sparse).exact);
    EXPECT_NEAR(fisher_2x3(sparse).p, 0.2, 0.1);
}

TEST(Fisher, ApproachesChiSquared) {
    const Table2x3 t{{{300, 320, 380}, {340, 300, 360}}};
    EXPECT_NEAR(fisher_2x3(t).p, chi_squared_2x3(t).p, 0.01);
}

TEST(ChiSquared, OfTheStudysPositions) {
    const ChiSquaredResult r = chi_squared_2x3({{{23, 24, 30}, {22, 24, 31}}});
    EXPECT_NEAR(r.statistic, 0.0386, 5e-5);
    EXPECT_EQ(r.df, 2);
    EXPECT_NEAR(1 - r.p, 0.019, 5e-4);
    EXPECT_EQ(chi_squared_2x3({{{1, 2, 0}, {3, 1, 0}}}).df, 1);
    EXPECT_EQ(chi_squared_2x3({}).p, 1);
}

}  // namespace
}  // namespace assay::stats
