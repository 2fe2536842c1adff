#include "assay/analysis/told_distance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <string>

namespace assay::analysis {
namespace {

using Distribution = std::vector<double>;  // by token

Distribution made_up(std::mt19937& dice, std::size_t n, double spread) {
    std::normal_distribution<double> logit(0, spread);
    Distribution out(n);
    double sum = 0;
    for (double& p : out) {
        sum += p = std::exp(logit(dice));
    }
    for (double& p : out) {
        p /= sum;
    }
    return out;
}

std::vector<ToldCandidate> candidates(const Distribution& p, std::size_t n) {
    std::vector<ToldCandidate> out;
    for (std::size_t i = 0; i < p.size(); ++i) {
        out.push_back({"t" + std::to_string(i), std::log(p[i])});
    }
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
        return a.log_prob > b.log_prob;
    });
    out.resize(n);
    return out;
}

double kld(const Distribution& p, const Distribution& q) {
    double sum = 0;
    for (std::size_t i = 0; i < p.size(); ++i) {
        sum += p[i] * std::log(p[i] / q[i]);
    }
    return sum;
}

ToldToken told(const std::string& text, double p) {
    return {text, std::log(p), {{text, std::log(p)}, {text + "?", std::log(1 - p)}}};
}

TEST(KldAtLeast, IsNeverAboveTheDivergenceAndIsItWhereEverythingIsTold) {
    std::mt19937 dice(7);
    double tightest = 0;
    for (int i = 0; i < 3000; ++i) {
        const double spread = 0.2 + (i % 9) * 0.5;
        const Distribution p = made_up(dice, 40, spread);
        Distribution q = p;
        if (i % 3 == 0) {
            q = made_up(dice, 40, spread);
        } else {  // near p
            double sum = 0;
            for (double& each : q) {
                sum += each *= std::exp(std::normal_distribution<double>(0, 0.3)(dice));
            }
            for (double& each : q) {
                each /= sum;
            }
        }
        const double exact = kld(p, q);
        const double bound = kld_at_least(candidates(p, 10), candidates(q, 10));
        EXPECT_GE(bound, 0);
        EXPECT_LE(bound, exact + 1e-9) << i;
        tightest = std::max(tightest, bound / exact);
        EXPECT_NEAR(kld_at_least(candidates(p, 40), candidates(q, 40)), exact, 1e-6) << i;
    }
    EXPECT_GT(tightest, 0.9) << "a bound of 0 would be one, too";
}

TEST(KldAtLeast, IsZeroForTheSameListAndFiniteWhateverWasRounded) {
    std::mt19937 dice(8);
    const auto list = candidates(made_up(dice, 40, 2), 10);
    EXPECT_EQ(kld_at_least(list, list), 0);
    const std::vector<ToldCandidate> sure{{"a", 0}}, other{{"b", 0}}, unsure{{"a", -800}};
    EXPECT_TRUE(std::isfinite(kld_at_least(sure, other)));
    EXPECT_TRUE(std::isfinite(kld_at_least(sure, unsure)));
    EXPECT_TRUE(std::isfinite(kld_at_least({}, {})));
}

TEST(KldAtLeast, ATextOfTwoTokensNamesNone) {
    const std::vector<ToldCandidate> twice{{"a", std::log(0.5)}, {"a", std::log(0.4)}};
    const std::vector<ToldCandidate> once{{"a", std::log(0.9)}};
    EXPECT_EQ(kld_at_least(twice, once), 0);
    const std::vector<ToldCandidate> no_text{{"", std::log(0.9)}}, less{{"", std::log(0.1)}};
    EXPECT_EQ(kld_at_least(no_text, less), 0);
}

TEST(CompareTold, GoesToTheFirstTokenThatDiffersAndTakesIt) {
    const std::vector<ToldToken> baseline{told("a", 0.9), told("b", 0.9), told("c", 0.9)};
    const std::vector<ToldToken> variant{told("a", 0.8), told("x", 0.9), told("c", 0.9)};
    const auto pair = compare_told(baseline, variant);
    ASSERT_TRUE(pair);
    EXPECT_EQ(pair->n_tokens, 2);
    EXPECT_EQ(pair->n_same_top, 1);
    EXPECT_TRUE(pair->differs);
    EXPECT_GT(pair->kld_at_least_sum, 0);
}

TEST(CompareTold, AnAnswerThatEndsEarlierDiffers) {
    const std::vector<ToldToken> two{told("a", 0.9), told("b", 0.9)}, one{told("a", 0.9)};
    EXPECT_TRUE(compare_told(two, one)->differs);
    EXPECT_TRUE(compare_told(one, two)->differs);
    EXPECT_FALSE(compare_told(two, two)->differs);
    EXPECT_EQ(compare_told(two, two)->kld_at_least_sum, 0);
    EXPECT_FALSE(compare_told(two, {}));
    EXPECT_FALSE(compare_told({}, two));
}

TEST(ToldDistance, IsARatioOverAllTokensOfTheQuestionsThatWereTold) {
    const std::vector<std::optional<ToldPair>> pairs{ToldPair{10, 9, 1.0, true},
                                                     std::nullopt,
                                                     ToldPair{30, 30, 0.0, false},
                                                     ToldPair{10, 10, 0.0, false}};
    const std::vector<std::int64_t> clusters{0, 1, 2, 3};
    const auto out = told_distance_of(pairs, clusters);
    ASSERT_TRUE(out);
    EXPECT_EQ(out->n_answers, 3);
    EXPECT_EQ(out->n_tokens, 50);
    EXPECT_EQ(out->n_diverged, 1);
    EXPECT_NEAR(*out->kld_at_least.value, 1.0 / 50, 1e-12);
    EXPECT_NEAR(*out->same_top.value, 49.0 / 50, 1e-12);
    ASSERT_TRUE(out->kld_at_least.low);
    EXPECT_EQ(*out->kld_at_least.low, 0);
    EXPECT_FALSE(told_distance_of(std::vector<std::optional<ToldPair>>(4), clusters));
}

}  // namespace
}  // namespace assay::analysis
