#include <gtest/gtest.h>

#include <cmath>

#include "assay/speed/summary.hpp"

namespace assay::speed {
namespace {

TEST(EstimateMedian, TakesTheOrderStatisticsThatHoldIt) {
    // Binomial(6, 1/2): P(0) = 1/64 on each side.
    const std::vector<double> six{5, 1, 4, 2, 6, 3};
    const MedianEstimate of_six = *estimate_median(six);
    EXPECT_EQ(of_six.median, 3.5);
    EXPECT_EQ(of_six.low, 1);
    EXPECT_EQ(of_six.high, 6);
    EXPECT_DOUBLE_EQ(of_six.coverage, 1 - 2.0 / 64);
    // Binomial(9, 1/2): P(<= 1) = 10/512 on each side, so the second from each end.
    const std::vector<double> nine{9, 8, 7, 6, 5, 4, 3, 2, 1};
    const MedianEstimate of_nine = *estimate_median(nine);
    EXPECT_EQ(of_nine.median, 5);
    EXPECT_EQ(of_nine.low, 2);
    EXPECT_EQ(of_nine.high, 8);
    EXPECT_NEAR(of_nine.coverage, 1 - 20.0 / 512, 1e-12);
}

TEST(EstimateMedian, OfFewValuesSaysWhatLowestAndHighestCover) {
    const std::vector<double> five{3, 1, 5, 2, 4};
    const MedianEstimate of_five = *estimate_median(five);
    EXPECT_EQ(of_five.median, 3);
    EXPECT_EQ(of_five.low, 1);
    EXPECT_EQ(of_five.high, 5);
    EXPECT_DOUBLE_EQ(of_five.coverage, 0.9375);
    const std::vector<double> two{1, 2}, one{7};
    EXPECT_DOUBLE_EQ(estimate_median(two)->coverage, 0.5);
    EXPECT_EQ(estimate_median(one)->median, 7);
    EXPECT_EQ(estimate_median(one)->coverage, 0);
    EXPECT_FALSE(estimate_median({}));
}

SpeedSample sample_of(std::uint64_t ms) {
    const std::uint64_t ns = ms * 1'000'000;
    return {ns, 2 * ns, 3 * ns, 4 * ns, 5 * ns, 1000 * ms, 0, 0};
}

TEST(ValueOf, HasTheUnitsThatItsKeySays) {
    const SpeedSettings settings{512, 64, 16, 512};
    const SpeedSample sample = sample_of(100);
    EXPECT_DOUBLE_EQ(value_of(Measure::kLoad, sample, settings), 0.1);
    EXPECT_DOUBLE_EQ(value_of(Measure::kPrefill, sample, settings), 512 / 0.2);
    EXPECT_DOUBLE_EQ(value_of(Measure::kFirstToken, sample, settings), 0.3);
    EXPECT_DOUBLE_EQ(value_of(Measure::kDecode, sample, settings), 64 / 0.4);
    EXPECT_DOUBLE_EQ(value_of(Measure::kBatchDecode, sample, settings), 16 * 64 / 0.5);
    EXPECT_DOUBLE_EQ(value_of(Measure::kPeakMemory, sample, settings), 100'000);
    EXPECT_EQ(value_of(Measure::kDecode, {}, settings), 0);
}

TEST(Summarize, TakesRatiosOfTheSameRound) {
    // The machine becomes slower from round to round; the variant takes half the time in each.
    std::vector<SpeedSample> base, variant;
    for (const std::uint64_t ms : {100, 200, 400, 800, 1600, 3200}) {
        base.push_back(sample_of(ms));
        variant.push_back(sample_of(ms / 2));
    }
    const auto rows = summarize(variant, base, {});
    ASSERT_EQ(rows.size(), kMeasures.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
        EXPECT_EQ(rows[i].measure, kMeasures[i]);
        EXPECT_EQ(rows[i].values.size(), 6U);
        ASSERT_TRUE(rows[i].ratio) << key_of(rows[i].measure);
        const bool is_rate = key_of(rows[i].measure).ends_with("per_s");
        EXPECT_DOUBLE_EQ(rows[i].ratio->median, is_rate ? 2 : 0.5);
        EXPECT_DOUBLE_EQ(rows[i].ratio->low, rows[i].ratio->high);
        EXPECT_EQ(rows[i].differs(), true);
    }
    EXPECT_EQ(rows[0].values[2], 0.2);
    // By themselves they overlap.
    const auto own = summarize(base, {}, {});
    EXPECT_LT(own[0].estimate.low, rows[0].estimate.high);
    EXPECT_FALSE(own[0].ratio);
    EXPECT_FALSE(own[0].differs()) << "there is nothing to compare it with";
}

TEST(Summarize, SeesNoDifferenceWhereTheRatiosAreOnBothSidesOf1) {
    std::vector<SpeedSample> base(5, sample_of(100)), variant(5, sample_of(90));
    EXPECT_EQ(summarize(variant, base, {})[0].differs(), true);
    variant[3] = sample_of(101);
    EXPECT_EQ(summarize(variant, base, {})[0].differs(), false);
}

TEST(Summarize, SaysNothingOfADifferenceOnFewRounds) {
    const std::vector<SpeedSample> base(4, sample_of(100)), variant(4, sample_of(10));
    EXPECT_TRUE(summarize(variant, base, {})[0].ratio);
    EXPECT_FALSE(summarize(variant, base, {})[0].differs());
    // Nothing that was measured has no ratio.
    const std::vector<SpeedSample> none(4);
    EXPECT_FALSE(summarize(base, none, {})[0].ratio);
    EXPECT_FALSE(summarize(base, none, {})[0].differs());
}

}  // namespace
}  // namespace assay::speed
