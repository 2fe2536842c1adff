#include "assay/stats/sensitivity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "assay/base/random.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

TEST(PpiMean, CorrectsAJudgeThatIsOffByAConstant) {
    const std::vector<double> unlabelled{1, 0, 1, 1}, judge{1, 0, 1}, human{0, -1, 0};
    const auto r = ppi_mean(unlabelled, judge, human);
    EXPECT_NEAR(r->estimate, 0.75 - 1, 1e-12);
    EXPECT_NEAR(r->judge_only, 0.75, 1e-12);
    EXPECT_NEAR(r->human_only, -1.0 / 3, 1e-12);
}

TEST(PpiMean, AConstantJudgeAddsNothing) {
    const std::vector<double> unlabelled{1, 1, 1}, judge{1, 1, 1}, human{0, -1, 1};
    const auto r = ppi_mean(unlabelled, judge, human);
    EXPECT_EQ(r->lambda, 0);
    EXPECT_NEAR(r->estimate_tuned, r->human_only, 1e-15);
    EXPECT_NEAR(r->se_tuned, r->human_se, 1e-15);
    EXPECT_FALSE(ppi_mean(unlabelled, std::vector<double>{1}, std::vector<double>{1}));
}

// Validation V22: a judge that flips 20 % of the verdicts.
TEST(PpiMean, CoversTheTruthWhereTheJudgeAloneDoesNot) {
    Rng rng(22);
    const auto human = [&] {
        const double u = rng.uniform();
        if (u < 0.2) {
            return 1.0;
        }
        return u < 0.6 ? -1.0 : 0.0;
    };
    const auto judged = [&](double h) { return rng.uniform() < 0.2 ? -h : h; };
    int covered = 0, judge_covered = 0;
    constexpr int kRounds = 1500;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<double> unlabelled, f, h;
        for (int i = 0; i < 500; ++i) {
            unlabelled.push_back(judged(human()));
        }
        for (int i = 0; i < 60; ++i) {
            h.push_back(human());
            f.push_back(judged(h.back()));
        }
        const auto r = ppi_mean(unlabelled, f, h);
        covered += std::abs(r->estimate + 0.2) <= 1.96 * r->se;
        judge_covered += std::abs(r->judge_only + 0.2) <= 1.96 * 0.7 / std::sqrt(500.0);
    }
    EXPECT_NEAR(covered / double{kRounds}, 0.95, 0.025);
    EXPECT_LT(judge_covered / double{kRounds}, 0.6);
}

TEST(LengthControlled, RecoversTheNetAtEqualLength) {
    Rng rng(16);
    std::vector<double> y, length, position;
    for (int i = 0; i < 4000; ++i) {
        length.push_back(std::floor(600 * rng.uniform()) - 300);
        position.push_back(i % 2 == 0 ? 0.5 : -0.5);
        const double eta = 0.2 + 0.9 * std::tanh(length.back() / 173.2) - 0.3 * position.back();
        y.push_back(rng.uniform() < 1 / (1 + std::exp(-eta)) ? 1 : 0);
    }
    const auto r = length_controlled(y, length, position);
    ASSERT_TRUE(r);
    EXPECT_NEAR(r->coefficients[0], 0.2, 0.15);
    EXPECT_NEAR(r->coefficients[1], 0.9, 0.25);
    EXPECT_NEAR(r->coefficients[2], -0.3, 0.3);
    EXPECT_NEAR(r->net, 2 * r->score - 1, 1e-15);
    EXPECT_NEAR(length_controlled(y, length, {})->coefficients[0], r->coefficients[0], 0.02);
}

TEST(LengthControlled, IsUndefinedForSeparatedOrEqualLengths) {
    const std::vector<double> y{0, 0, 1, 1}, separated{-2, -1, 1, 2}, equal{1, 1, 1, 1};
    EXPECT_FALSE(length_controlled(y, separated, {}));
    EXPECT_FALSE(length_controlled(y, equal, {}));
    EXPECT_FALSE(length_controlled({}, {}, {}));
    EXPECT_FALSE(length_controlled(std::vector<double>{1, 1, 1}, std::vector<double>{1, 2, 3}, {}));
}

}  // namespace
}  // namespace assay::stats
