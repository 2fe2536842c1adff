#include "assay/perplexity/summary.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace assay::perplexity {
namespace {

/// Tokens whose figures are easily summed by hand.
std::vector<TextToken> twelve_tokens() {
    std::vector<TextToken> out;
    for (int i = 0; i < 12; ++i) {
        const double x = i;
        out.push_back({1 + x / 4, 1 + x / 8, x / 16, i % 2 == 0 ? 0.25 : -0.5, i % 3 != 0});
    }
    return out;
}

double value_of(const std::vector<Percentile>& percentiles, std::string_view name) {
    for (const Percentile& percentile : percentiles) {
        if (percentile.name == name) {
            return percentile.value;
        }
    }
    ADD_FAILURE() << name;
    return 0;
}

TEST(TextSummary, HasMeansAndTheirErrorsAsLlamaPerplexityDefinesThem) {
    for (const Arithmetic arithmetic : {Arithmetic::kExact, Arithmetic::kCompatible}) {
        const TextSummary summary = summarize(twelve_tokens(), 4, arithmetic);
        EXPECT_EQ(summary.n_tokens, 12);
        EXPECT_EQ(summary.n_chunks, 3);
        // i = 0 .. 11 has the mean 5.5 and the mean square 506 / 12.
        const double variance = 506.0 / 12 - 5.5 * 5.5, error = std::sqrt(variance / 11);
        EXPECT_DOUBLE_EQ(summary.ppl.value, std::exp(1 + 5.5 / 4));
        EXPECT_NEAR(summary.ppl.error, summary.ppl.value * error / 4, 1e-12);
        EXPECT_DOUBLE_EQ(summary.ppl_base.value, std::exp(1 + 5.5 / 8));
        EXPECT_DOUBLE_EQ(summary.log_ratio.value, 5.5 / 8);
        // Both rise together, so the error of the difference is that of i / 8.
        EXPECT_NEAR(summary.log_ratio.error, error / 8, 1e-12);
        EXPECT_NEAR(summary.correlation, 1, 1e-12);
        EXPECT_DOUBLE_EQ(summary.ratio.value, std::exp(5.5 / 8));
        EXPECT_DOUBLE_EQ(summary.ppl_diff.value, summary.ppl.value - summary.ppl_base.value);
        EXPECT_DOUBLE_EQ(summary.kld.value, 5.5 / 16);
        EXPECT_NEAR(summary.kld.error, error / 16, 1e-12);
        EXPECT_DOUBLE_EQ(summary.p_diff.value, -0.125);
        EXPECT_DOUBLE_EQ(summary.rms_p_diff.value, std::sqrt((0.0625 + 0.25) / 2));
        EXPECT_DOUBLE_EQ(summary.same_top.value, 8.0 / 12);
        EXPECT_DOUBLE_EQ(summary.same_top.error, std::sqrt(8.0 / 12 * 4.0 / 12 / 11));
    }
}

TEST(TextSummary, HasErrorsByChunkFromTheChunksMeans) {
    const TextSummary summary = summarize(twelve_tokens(), 4, Arithmetic::kExact);
    // Sums of (i - 5.5) / 16 in the three chunks: -1, 0, 1. CR1: sqrt(2 * 3 / 2) / 12.
    ASSERT_TRUE(summary.kld.chunk_error);
    EXPECT_NEAR(*summary.kld.chunk_error, std::sqrt(3.0) / 12, 1e-12);
    EXPECT_NEAR(*summary.log_ratio.chunk_error, std::sqrt(3.0) / 6, 1e-12);
    EXPECT_NEAR(*summary.ratio.chunk_error, summary.ratio.value * std::sqrt(3.0) / 6, 1e-12);
    EXPECT_GT(*summary.kld.chunk_error, summary.kld.error);
    EXPECT_FALSE(summarize(twelve_tokens(), 12, Arithmetic::kExact).kld.chunk_error)
        << "one chunk says nothing of chunks";
}

TEST(TextSummary, HasPercentilesWithTwoValuesMixed) {
    const TextSummary summary = summarize(twelve_tokens(), 4, Arithmetic::kExact);
    const auto kld = [&](std::string_view name) { return value_of(summary.kld_percentiles, name); };
    EXPECT_DOUBLE_EQ(kld("maximum"), 11.0 / 16);
    EXPECT_DOUBLE_EQ(kld("minimum"), 0);
    EXPECT_DOUBLE_EQ(kld("median"), 5.5 / 16);
    EXPECT_NEAR(kld("90%"), 9.9 / 16, 1e-7);  // the share is a float, as llama-perplexity's
    EXPECT_NEAR(kld("10%"), 1.1 / 16, 1e-7);
    EXPECT_NEAR(kld("99.9%"), 10.989 / 16, 1e-7);
    EXPECT_EQ(summary.kld_percentiles.size(), 11U);
    EXPECT_EQ(summary.p_diff_percentiles.size(), 13U);
    EXPECT_DOUBLE_EQ(value_of(summary.p_diff_percentiles, "75%"), 0.25);
    EXPECT_DOUBLE_EQ(value_of(summary.p_diff_percentiles, "25%"), -0.5);
    std::vector<TextToken> odd = twelve_tokens();
    odd.pop_back();
    EXPECT_DOUBLE_EQ(value_of(summarize(odd, 11, Arithmetic::kExact).kld_percentiles, "median"),
                     5.0 / 16);
}

TEST(TextSummary, OfAVariantThatIsTheBaselineIsExactlyNothing) {
    std::vector<TextToken> same;
    for (int i = 0; i < 40; ++i) {
        const double nll = 0.1 * i;
        same.push_back({nll, nll, 0, 0, true});
    }
    const TextSummary summary = summarize(same, 10, Arithmetic::kExact);
    EXPECT_EQ(summary.kld.value, 0);
    EXPECT_EQ(summary.kld.error, 0);
    EXPECT_EQ(*summary.kld.chunk_error, 0);
    EXPECT_EQ(summary.log_ratio.value, 0);
    EXPECT_EQ(summary.rms_p_diff.value, 0);
    EXPECT_EQ(summary.rms_p_diff.error, 0);
    EXPECT_EQ(*summary.rms_p_diff.chunk_error, 0);
    EXPECT_EQ(summary.same_top.value, 1);
    EXPECT_NEAR(summary.log_ratio.error, 0, 1e-7);
    EXPECT_FALSE(std::isnan(summary.log_ratio.error)) << "the root of what rounding left below 0";
}

TEST(TextSummary, TakesProductsInSinglePrecisionWhereItIsCompatible) {
    const TextToken token{1.0F / 3.0F, 0.1F, 0, 0.7F, true};
    TextSums exact(Arithmetic::kExact), compatible(Arithmetic::kCompatible);
    for (int i = 0; i < 11; ++i) {
        exact.add(token);
        compatible.add(token);
    }
    const float product = 0.7F * 0.7F;
    EXPECT_NE(exact.rms_p_diff().value, compatible.rms_p_diff().value);
    EXPECT_NEAR(compatible.rms_p_diff().value, std::sqrt(static_cast<double>(product)), 1e-15);
}

TEST(TextSummary, IsOfFewTokensWithoutAnError) {
    std::vector<TextToken> few = twelve_tokens();
    few.resize(10);
    const TextSummary summary = summarize(few, 5, Arithmetic::kExact);
    EXPECT_EQ(summary.ppl.error, 0);
    EXPECT_EQ(summary.correlation, 0);
}

TEST(Perplexity, OfTheBaselineAloneHasBothErrors) {
    const std::vector<double> nll{1, 2, 3, 4};
    const Figure ppl = perplexity_of(nll, 2);
    EXPECT_DOUBLE_EQ(ppl.value, std::exp(2.5));
    EXPECT_DOUBLE_EQ(ppl.error, std::exp(2.5) * std::sqrt(1.25 / 3));
    // Sums of deviations: -2 and 2.
    ASSERT_TRUE(ppl.chunk_error);
    EXPECT_NEAR(*ppl.chunk_error, std::exp(2.5) * std::sqrt(8.0) / 4 * std::sqrt(2.0), 1e-12);
}

}  // namespace
}  // namespace assay::perplexity
