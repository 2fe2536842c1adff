#include "assay/stats/sequential.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

double multinomial(
    std::int64_t w, std::int64_t t, std::int64_t l, double pw, double pt, double pl) {
    return std::exp(log_factorial(w + t + l) - log_factorial(w) - log_factorial(t) -
                    log_factorial(l)) *
           std::pow(pw, static_cast<double>(w)) * std::pow(pt, static_cast<double>(t)) *
           std::pow(pl, static_cast<double>(l));
}

/// One more verdict: +1, 0 or -1.
void add_to(RunningCounts& counts, int value) {
    if (value > 0) {
        ++counts.wins;
    } else if (value < 0) {
        ++counts.losses;
    } else {
        ++counts.ties;
    }
}

TEST(MixtureE, HasMeanOneAtItsNullWhateverTheDecisiveRate) {
    for (const double d : {0.2, 0.6, 1.0}) {
        const double theta = -0.1, pw = (d + theta) / 2, pl = (d - theta) / 2;
        double mean = 0;
        for (std::int64_t w = 0; w <= 5; ++w) {
            for (std::int64_t t = 0; w + t <= 5; ++t) {
                mean += multinomial(w, t, 5 - w - t, pw, 1 - d, pl) *
                        std::exp(mixture_e({w, t, 5 - w - t}, {.theta0 = theta}).log_e);
            }
        }
        EXPECT_NEAR(mean, 1, 1e-12) << d;
    }
}

TEST(MixtureE, TheOtherSideIsTheMirrorImage) {
    const MixtureE up = mixture_e({30, 40, 80}, {.theta0 = 0.1, .side = Side::kLess, .delta1 = 0});
    const MixtureE down = mixture_e({80, 40, 30},
                                    {.theta0 = -0.1, .side = Side::kGreater, .delta1 = 0});
    EXPECT_EQ(up.log_e, down.log_e);
    EXPECT_NEAR(mixture_e({}, {}).log_e, 0, 1e-15);
}

TEST(MixtureE, EvidenceGrowsWithWins) {
    EXPECT_GT(mixture_e({60, 61, 33}, {}).log_e, mixture_e({45, 61, 48}, {}).log_e);
    EXPECT_TRUE(std::isfinite(mixture_e({0, 0, 1'000'000}, {}).log_e));
}

TEST(MixtureProcess, OfWinsTiesAndLossesIsTheCountsForm) {
    Rng rng(3);
    for (const MixtureDesign& design :
         {MixtureDesign{.theta0 = -0.1},
          MixtureDesign{.theta0 = 0.1, .side = Side::kLess},
          MixtureDesign{.theta0 = 0, .side = Side::kLess, .delta1 = -0.25}}) {
        MixtureProcess process(design);
        RunningCounts counts;
        EXPECT_NEAR(process.value().log_e, 0, 1e-12);
        for (int i = 0; i < 400; ++i) {
            const int value = static_cast<int>(rng.below(3)) - 1;
            process.push(value);
            add_to(counts, value);
            ASSERT_NEAR(process.value().log_e, mixture_e(counts, design).log_e, 1e-10);
        }
    }
}

TEST(MixtureProcess, OfMeansHasMeanOneAtItsNull) {
    // Five values with mean -0.1, three factors: all 125 ways.
    const std::vector<double> values{-1, -0.5, 0, 1.0 / 3, 1}, p{0.2, 0.1, 0.4, 0.15, 0.15};
    const double theta = -0.2 - 0.05 + 0.05 + 0.15;
    double mean = 0;
    for (std::size_t code = 0; code < 125; ++code) {
        MixtureProcess process({.theta0 = theta});
        double probability = 1;
        for (std::size_t i = 0, rest = code; i < 3; ++i, rest /= 5) {
            process.push(values[rest % 5]);
            probability *= p[rest % 5];
        }
        mean += probability * std::exp(process.value().log_e);
    }
    EXPECT_NEAR(mean, 1, 1e-12);
}

TEST(ConfidenceSequence, OfValuesIsThatOfCountsAndEndsWhereTheGeometricBetsReachTheThreshold) {
    const std::vector<ValueCount> counts{{1, 45}, {0, 61}, {-1, 48}};
    const Interval a = confidence_sequence({45, 61, 48}, 0.98),
                   b = confidence_sequence_of_values(counts, 0.98);
    EXPECT_EQ(a.low, b.low);
    EXPECT_EQ(a.high, b.high);
    const std::vector<ValueCount> means{{-1, 20}, {-0.5, 31}, {0.5, 17}, {2.0 / 3, 9}};
    const Interval interval = confidence_sequence_of_values(means, 0.98);
    MixtureProcess at_low({.theta0 = interval.low}),
        at_high({.theta0 = interval.high, .side = Side::kLess});
    for (const ValueCount& seen : means) {
        for (std::int64_t i = 0; i < seen.count; ++i) {
            at_low.push(seen.value);
            at_high.push(seen.value);
        }
    }
    EXPECT_NEAR(at_low.value().log_geometric_e, std::log(100.0), 1e-9);
    EXPECT_NEAR(at_high.value().log_geometric_e, std::log(100.0), 1e-9);
}

TEST(ConfidenceSequence, CutToAnIntervalIsTheIntersection) {
    const std::vector<ValueCount> counts{{1, 45}, {0, 61}, {-1, 48}};
    const Interval whole = confidence_sequence_of_values(counts, 0.98);
    const Interval wider = confidence_sequence_of_values(
        counts, 0.98, {whole.low - 0.1, whole.high + 0.1});
    EXPECT_NEAR(wider.low, whole.low, 1e-12);
    EXPECT_NEAR(wider.high, whole.high, 1e-12);
    const Interval cut = confidence_sequence_of_values(counts, 0.98, {whole.low + 0.1, 1});
    EXPECT_EQ(cut.low, whole.low + 0.1);
    EXPECT_NEAR(cut.high, whole.high, 1e-12);
    EXPECT_EQ(confidence_sequence_of_values(counts, 0.98, {1, 1}).low, 1);
}

TEST(ConfidenceSequence, ContainsTheEstimateAndMirrors) {
    Rng rng(15);
    for (int i = 0; i < 100; ++i) {
        const RunningCounts c{static_cast<std::int64_t>(rng.below(200)),
                              static_cast<std::int64_t>(rng.below(200)),
                              static_cast<std::int64_t>(rng.below(200)) + 1};
        const double net = static_cast<double>(c.wins - c.losses) /
                           static_cast<double>(c.wins + c.ties + c.losses);
        const Interval a = confidence_sequence(c, 0.95),
                       b = confidence_sequence({c.losses, c.ties, c.wins}, 0.95);
        EXPECT_LE(a.low, net);
        EXPECT_GE(a.high, net);
        EXPECT_EQ(a.low, -b.high);
    }
    const Interval none = confidence_sequence({}, 0.95);
    EXPECT_EQ(none.low, -1);
    EXPECT_EQ(none.high, 1);
    EXPECT_EQ(confidence_sequence({0, 0, 10}, 0.95).low, -1);
}

TEST(BetaBinomialE, HasMeanOneAtOneHalfAndIsBelowItBesides) {
    for (const double a : {0.5, 10.0}) {
        double two = 0, less_at_half = 0;
        for (std::int64_t w = 0; w <= 12; ++w) {
            const BetaBinomialE e = beta_binomial_e(w, 12 - w, a);
            two += binomial_pmf(w, 12, 0.5) * std::exp(e.log_e_two);
            less_at_half += binomial_pmf(w, 12, 0.5) * std::exp(e.log_e_less);
        }
        EXPECT_NEAR(two, 1, 1e-12);
        EXPECT_NEAR(less_at_half, 1, 1e-12);
    }
    // The mass below one half sits at its edge: density 4 / pi there, falling at the rate 2 (W -
    // L).
    EXPECT_NEAR(beta_binomial_e(900'000, 100'000, 0.5).log_e_less,
                std::log(4 / std::numbers::pi / 1.6e6),
                1e-4);
}

TEST(HedgedCapital, HasMeanOneAtItsNull) {
    double mean_plus = 0;
    for (unsigned mask = 0; mask < 64; ++mask) {
        std::vector<double> x;
        double p = 1;
        for (unsigned i = 0; i < 6; ++i) {
            const bool one = (mask >> i & 1u) != 0;
            x.push_back(one ? 1 : 0);
            p *= one ? 0.45 : 0.55;
        }
        mean_plus += p * std::exp(hedged_capital(x, {.m = 0.45}).log_plus);
    }
    EXPECT_NEAR(mean_plus, 1, 1e-12);
    EXPECT_NEAR(hedged_capital({}, {}).log_hedged, std::log(0.5), 1e-15);
}

TEST(ObrienFleming, SpendsAlphaInAll) {
    const auto z = obrien_fleming_boundaries(0.05, 5);
    const std::vector<double> published{4.229, 2.888, 2.298, 1.962, 1.740};
    ASSERT_EQ(z.size(), 5u);
    for (std::size_t i = 0; i < 5; ++i) {
        EXPECT_NEAR(z[i], published[i], 6e-4);
    }
    EXPECT_NEAR(obrien_fleming_boundaries(0.05, 1)[0], normal_upper_quantile(0.05), 1e-9);
    EXPECT_NEAR(obrien_fleming_boundaries(0.05, 2)[1], 1.662, 5e-4);
}

TEST(ObrienFleming, BoundariesFallAndManyLooksWork) {
    const auto z = obrien_fleming_boundaries(0.025, 20);
    for (std::size_t i = 1; i < z.size(); ++i) {
        EXPECT_LT(z[i], z[i - 1]);
    }
    EXPECT_GT(z.back(), normal_upper_quantile(0.025));
    const auto tiny = obrien_fleming_boundaries(1e-10, 100);
    EXPECT_TRUE(std::isinf(tiny.front()));
    EXPECT_TRUE(std::isfinite(tiny.back()));
}

// Validation V10 and V13 in small: how often the monitor says equivalent at the margin and at 0.
TEST(MixtureE, SeldomSaysEquivalentAtTheMarginAndMostlyDoesAtZero) {
    Rng rng(10);
    const double log_threshold = std::log(20.0);
    const auto says_equivalent = [&](double delta) {
        RunningCounts c;
        bool lower = false, upper = false;
        for (int i = 0; i < 1500; ++i) {
            const double u = rng.uniform();
            if (u < (0.6 + delta) / 2) {
                ++c.wins;
            } else if (u < 0.6) {
                ++c.losses;
            } else {
                ++c.ties;
            }
            lower = lower || mixture_e(c, {.theta0 = -0.1}).log_e >= log_threshold;
            upper = upper ||
                    mixture_e(c, {.theta0 = 0.1, .side = Side::kLess}).log_e >= log_threshold;
            if (lower && upper) {
                return true;
            }
        }
        return false;
    };
    int false_claims = 0, right_claims = 0;
    constexpr int kRounds = 150;
    for (int round = 0; round < kRounds; ++round) {
        false_claims += says_equivalent(-0.1);
        right_claims += says_equivalent(0);
    }
    EXPECT_LE(false_claims, 0.05 * kRounds + 4 * std::sqrt(0.05 * 0.95 * kRounds));
    EXPECT_GE(right_claims, 0.93 * kRounds);
}

}  // namespace
}  // namespace assay::stats
