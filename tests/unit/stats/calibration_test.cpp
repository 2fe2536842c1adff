#include "assay/stats/calibration.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/sensitivity.hpp"

namespace assay::stats {
namespace {

const std::vector<double> kUnlabelled{1, 1, 0, 0,  -1, 1, 0, -1, 1,  1,
                                      0, 0, 1, -1, 0,  1, 1, 0,  -1, 1};
const std::vector<double> kJudge{1, 0, -1, 1, 1, 0, 0, -1, 1, -1, 0, 1},
    kHuman{1, 0, -1, 0, 1, 0, 1, -1, 1, -1, -1, 1};

std::vector<CalibrationItem> independent_items() {
    std::vector<CalibrationItem> out;
    std::int64_t cluster = 0;
    for (const double judge : kUnlabelled) {
        out.push_back({judge, std::nullopt, false, cluster++});
    }
    for (std::size_t i = 0; i < kJudge.size(); ++i) {
        out.push_back({kJudge[i], kHuman[i], false, cluster++});
    }
    return out;
}

TEST(CalibratedMean, OfIndependentItemsIsTheTunedPredictionPoweredMean) {
    const auto mean = calibrated_mean(independent_items());
    const auto ppi = ppi_mean(kUnlabelled, kJudge, kHuman);
    ASSERT_TRUE(mean);
    EXPECT_NEAR(mean->estimate, ppi->estimate_tuned, 1e-14);
    EXPECT_NEAR(mean->se, ppi->se_tuned, 1e-14);
    EXPECT_NEAR(mean->lambda, ppi->lambda, 1e-14);
    EXPECT_EQ(mean->df, 11);
    EXPECT_EQ(mean->n_labelled, 12);
    EXPECT_EQ(mean->n_judge_only, 20);
}

// ppi-python 0.2.3: ppi_mean_ci(human, judge, unlabelled, alpha=0.1) = [-0.1757, 0.4368], and with
// lam=1 [-0.1998, 0.5331]. Its weight and variances have n, not n - 1, in the denominator, so that
// they are a little narrower.
TEST(CalibratedMean, IsCloseToTheReferenceProgram) {
    const auto mean = calibrated_mean(independent_items());
    const double z = normal_critical(0.9);
    EXPECT_NEAR(mean->estimate - z * mean->se, -0.1757, 0.02);
    EXPECT_NEAR(mean->estimate + z * mean->se, 0.4368, 0.02);
    const auto ppi = ppi_mean(kUnlabelled, kJudge, kHuman);
    EXPECT_NEAR(ppi->estimate - z * ppi->se, -0.1998, 0.02);
    EXPECT_NEAR(ppi->estimate + z * ppi->se, 0.5331, 0.02);
}

TEST(CalibratedMean, SettledItemsCountWithTheirShare) {
    auto items = independent_items();
    const auto without = calibrated_mean(items);
    for (std::int64_t k = 0; k < 32; ++k) {
        items.push_back({0, std::nullopt, true, 100 + k});
    }
    const auto with = calibrated_mean(items);
    EXPECT_NEAR(with->estimate, without->estimate / 2, 1e-14);
    EXPECT_LT(with->se, without->se);
    EXPECT_EQ(with->n_settled, 32);
}

TEST(CalibratedMean, DoublingEveryItemWithinItsClusterChangesNoError) {
    auto items = independent_items();
    const auto once = calibrated_mean(items);
    const auto copy = items;
    items.insert(items.end(), copy.begin(), copy.end());
    const auto twice = calibrated_mean(items);
    EXPECT_NEAR(twice->estimate, once->estimate, 0.01);  // the weight is estimated with n - 1
    EXPECT_NEAR(twice->se, once->se, 0.01);
    EXPECT_EQ(twice->df, once->df);
}

TEST(CalibratedMean, NeedsTwoClustersOfEither) {
    EXPECT_FALSE(calibrated_mean({}));
    auto items = independent_items();
    for (CalibrationItem& item : items) {
        if (item.human) {
            item.cluster = 1000;
        }
    }
    EXPECT_FALSE(calibrated_mean(items));
    items = independent_items();
    for (CalibrationItem& item : items) {
        item.human = 0;
    }
    EXPECT_FALSE(calibrated_mean(items));
}

/// A judge that turns over a fifth of the decisive verdicts and favours the variant; a third of the
/// questions is settled as ties; questions come in clusters of two, and two of five are labelled.
TEST(CalibratedMean, CoversTheTruthWhereTheJudgeAloneDoesNot) {
    Rng rng(11);
    constexpr double kTruth = -0.2 * 2 / 3;
    int covered = 0, judge_covered = 0;
    constexpr int kRounds = 800;
    for (int round = 0; round < kRounds; ++round) {
        std::vector<CalibrationItem> items;
        double judge_sum = 0;
        for (std::int64_t cluster = 0; cluster < 150; ++cluster) {
            const auto draw = [&] {
                const double u = rng.uniform();
                if (u < 0.2) {
                    return 1.0;
                }
                return u < 0.6 ? -1.0 : 0.0;
            };
            const double shared = draw();
            for (int k = 0; k < 2; ++k) {
                CalibrationItem item;
                item.cluster = cluster;
                item.settled = rng.uniform() < 1.0 / 3;
                if (!item.settled) {
                    const double human = rng.uniform() < 0.5 ? shared : draw();
                    if (rng.uniform() < 0.2) {
                        item.judge = -human;
                    } else {
                        item.judge = rng.uniform() < 0.3 ? 1 : human;
                    }
                    if (rng.uniform() < 0.4) {
                        item.human = human;
                    }
                }
                judge_sum += item.judge;
                items.push_back(item);
            }
        }
        const auto mean = calibrated_mean(items);
        const double half = student_upper_quantile(0.025, mean->df) * mean->se;
        covered += std::abs(mean->estimate - kTruth) <= half;
        judge_covered += std::abs(judge_sum / 300 - kTruth) <= half;
    }
    // 4 standard errors of 95 % in 800 rounds are 3.1 points.
    EXPECT_NEAR(covered / double{kRounds}, 0.95, 0.031);
    EXPECT_LT(judge_covered, kRounds / 2);
}

}  // namespace
}  // namespace assay::stats
