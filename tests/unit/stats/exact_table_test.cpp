#include "assay/stats/exact_table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assay/stats/exact.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::stats {
namespace {

TEST(ExactTable, AgreesWithTheTestOfASingleOutcome) {
    for (const std::int64_t n : {1, 7, 20}) {
        const ExactTable table(n, -0.1);
        for (std::int64_t wins = 0; wins <= n; wins += 3) {
            for (std::int64_t losses = 0; wins + losses <= n; losses += 2) {
                EXPECT_NEAR(table.p(wins, losses),
                            *exact_unconditional_noninferiority(wins, losses, n, 0.1),
                            2e-5)
                    << n << " " << wins << " " << losses;
            }
        }
    }
}

// At net = -m without wins the loss rate is m, so that all tie with probability (1 - m)^n; that
// is the least that any other loss rate can hide.
TEST(ExactTable, AllTiesAreAsLikelyAsTheMarginLetsThem) {
    EXPECT_NEAR(ExactTable(12, -0.1).p(0, 0), std::pow(0.9, 12), 1e-9);
    EXPECT_NEAR(ExactTable(28, -0.1).p(0, 0), std::pow(0.9, 28), 1e-9);
}

TEST(ExactTable, AtZeroAllDecisiveIsTheSignTest) {
    const ExactTable table(12, 0);
    EXPECT_NEAR(table.p(12, 0), sign_test(12, 0).greater, 1e-9);
    EXPECT_NEAR(table.p(0, 12), 1, 1e-9);
    EXPECT_NEAR(table.p(0, 0), 1, 1e-9);
}

TEST(ExactTable, AboveZeroIsHarderToShow) {
    const ExactTable below(15, -0.2), zero(15, 0), above(15, 0.2);
    for (std::int64_t wins = 0; wins <= 15; ++wins) {
        EXPECT_LE(below.p(wins, 0), zero.p(wins, 0) + 1e-12) << wins;
        EXPECT_LE(zero.p(wins, 0), above.p(wins, 0) + 1e-12) << wins;
    }
}

// The invariant itself, at truths that are not on the grid and inside the null hypothesis, too.
TEST(ExactTable, ErrsAtMostAsOftenAsAlphaSays) {
    constexpr std::int64_t kN = 13;
    for (const double theta0 : {-0.1, 0.0, 0.15}) {
        const ExactTable table(kN, theta0);
        for (const double net : {theta0, theta0 - 0.037, theta0 - 0.2}) {
            const double first = std::max(0.0, -net), last = (1 - net) / 2;
            for (int step = 0; step <= 137; ++step) {
                const double loss = first + (last - first) * step / 137,
                             win = std::max(0.0, loss + net), tie = std::max(0.0, 1 - win - loss);
                double error = 0;
                for (std::int64_t w = 0; w <= kN; ++w) {
                    for (std::int64_t l = 0; w + l <= kN; ++l) {
                        if (table.p(w, l) > 0.05) {
                            continue;
                        }
                        error += std::exp(std::lgamma(kN + 1.0) - std::lgamma(w + 1.0) -
                                          std::lgamma(l + 1.0) - std::lgamma(kN - w - l + 1.0)) *
                                 std::pow(win, w) * std::pow(loss, l) * std::pow(tie, kN - w - l);
                    }
                }
                EXPECT_LE(error, 0.05 + 1e-5) << theta0 << " " << net << " " << loss;
            }
        }
    }
}

}  // namespace
}  // namespace assay::stats
