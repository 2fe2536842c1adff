#include "assay/perplexity/row_scores.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace assay::perplexity {
namespace {

using Logits = std::vector<float>;

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

/// Logits of these probabilities, all shifted by `shift`.
Logits logits_of(const std::vector<double>& probabilities, double shift = 3) {
    Logits out;
    for (const double p : probabilities) {
        out.push_back(static_cast<float>(std::log(p) + shift));
    }
    return out;
}

Logits random_logits(unsigned seed, std::size_t n, float spread) {
    std::mt19937 engine(seed);
    Logits out(n);
    for (float& logit : out) {
        logit = spread * static_cast<float>(engine() % 10001) / 10000.0F;
    }
    return out;
}

TEST(ExactRow, HasTheFiguresOfASmallDistribution) {
    const Logits base = logits_of({0.5, 0.25, 0.25});
    const Logits other = logits_of({0.25, 0.5, 0.25}, -7);
    ExactRow row;
    ASSERT_TRUE(row.read(base));
    EXPECT_NEAR(*row.nll(0), std::log(2), 1e-6);
    const auto token = row.compare(other, 1);
    ASSERT_TRUE(token);
    EXPECT_NEAR(token->nll, std::log(2), 1e-6);
    EXPECT_NEAR(token->nll_base, std::log(4), 1e-6);
    // 0.5 ln(0.5 / 0.25) + 0.25 ln(0.25 / 0.5) + 0
    EXPECT_NEAR(token->kld, 0.25 * std::log(2), 1e-6);
    EXPECT_NEAR(token->p_diff, 0.25, 1e-6);
    EXPECT_FALSE(token->same_top);
}

TEST(ExactRow, HasNoDivergenceFromItselfToTheLastBit) {
    for (unsigned seed = 1; seed <= 50; ++seed) {
        const Logits logits = random_logits(seed, 999, 40);
        ExactRow row;
        ASSERT_TRUE(row.read(logits));
        const auto token = row.compare(Logits(logits), 17);
        ASSERT_TRUE(token);
        EXPECT_EQ(token->kld, 0.0);
        EXPECT_EQ(token->p_diff, 0.0);
        EXPECT_EQ(token->nll, token->nll_base);
        EXPECT_TRUE(token->same_top);
    }
}

TEST(ExactRow, AgreesWithTheDefinitionInLongDoubles) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const Logits base = random_logits(seed, 500, 30), other = random_logits(seed + 99, 500, 30);
        long double sum_base = 0, sum_other = 0, kld = 0;
        for (std::size_t i = 0; i < base.size(); ++i) {
            sum_base += std::exp(static_cast<long double>(base[i]));
            sum_other += std::exp(static_cast<long double>(other[i]));
        }
        for (std::size_t i = 0; i < base.size(); ++i) {
            const long double p = std::exp(static_cast<long double>(base[i])) / sum_base;
            const long double q = std::exp(static_cast<long double>(other[i])) / sum_other;
            kld += p * std::log(p / q);
        }
        ExactRow row;
        ASSERT_TRUE(row.read(base));
        EXPECT_NEAR(row.compare(other, 3)->kld, static_cast<double>(kld), 1e-12 * (1 + kld));
    }
}

TEST(ExactRow, DoesNotCutOffWhatIsUnlikely) {
    // The token is 40 nats below the likeliest: llama-perplexity says 16.
    const Logits base{40, 0, 0}, other{40, 0, 0};
    ExactRow row;
    ASSERT_TRUE(row.read(base));
    EXPECT_NEAR(*row.nll(1), 40, 1e-9);
    std::vector<std::uint16_t> kept(n_row_values(3));
    EXPECT_NEAR(*write_compatible_row(base, 1, kept), 40, 1e-5);
    const auto compatible = compare_compatible(other, 1, kept);
    ASSERT_TRUE(compatible);
    EXPECT_NEAR(compatible->nll, 40, 1e-5);
    EXPECT_NEAR(compatible->nll_base, 16, 1e-5);
}

TEST(ExactRow, TakesMinusInfinityAsNoProbability) {
    const Logits base{1, -kInfinity, 0}, other{1, -kInfinity, 0};
    ExactRow row;
    ASSERT_TRUE(row.read(base));
    EXPECT_FALSE(row.nll(1));
    ASSERT_TRUE(row.compare(other, 0));
    EXPECT_EQ(row.compare(other, 0)->kld, 0.0);
    // The variant excludes what the baseline does not: an infinite divergence is no figure.
    const Logits excludes{1, 0, -kInfinity};
    EXPECT_FALSE(row.compare(excludes, 0));
    // The other way round is finite.
    const Logits allows{1, 0, 0};
    EXPECT_TRUE(row.compare(allows, 0));
}

TEST(Rows, ThatAreNotFiniteAreRefused) {
    const Logits good{1, 2, 3};
    std::vector<std::uint16_t> kept(n_row_values(3));
    for (const Logits& bad : {Logits{kNaN, 1, 2},
                              Logits{1, kNaN, 2},
                              Logits{1, 2, kNaN},
                              Logits{1, kInfinity, 2},
                              Logits{-kInfinity, -kInfinity, -kInfinity}}) {
        ExactRow row;
        EXPECT_FALSE(row.read(bad));
        ASSERT_TRUE(row.read(good));
        EXPECT_FALSE(row.compare(bad, 0));
        EXPECT_FALSE(compatible_nll(bad, 0));
        EXPECT_FALSE(write_compatible_row(bad, 0, kept));
        ASSERT_TRUE(write_compatible_row(good, 0, kept));
        EXPECT_FALSE(compare_compatible(bad, 0, kept));
    }
    const float broken = kNaN;
    std::memcpy(kept.data(), &broken, sizeof broken);
    EXPECT_FALSE(compare_compatible(good, 0, kept));
}

TEST(CompatibleRow, HasAScaleTheSmallestAndAValueForEachToken) {
    EXPECT_EQ(n_row_values(4), 8U);
    EXPECT_EQ(n_row_values(5), 10U);
    const Logits logits{0, 8, 16, 16, -100};
    std::vector<std::uint16_t> row(n_row_values(5), 7);
    ASSERT_TRUE(write_compatible_row(logits, 0, row));
    float scale = 0, smallest = 0;
    std::memcpy(&scale, row.data(), sizeof scale);
    std::memcpy(&smallest, row.data() + 2, sizeof smallest);
    EXPECT_FLOAT_EQ(scale, 16.0F / 65535);
    EXPECT_NEAR(smallest, -16 - std::log(2 + std::exp(-8.0) + std::exp(-16.0)), 1e-5);
    EXPECT_EQ(row[4], 0);
    EXPECT_NEAR(row[5], 32768, 1);
    EXPECT_EQ(row[6], 65535);
    EXPECT_EQ(row[7], 65535);
    EXPECT_EQ(row[8], 0);
    EXPECT_EQ(row[9], 0) << "what fills an odd vocabulary is 0, whatever was there";
}

TEST(CompatibleRow, OfEqualLogitsHasNoScale) {
    const Logits logits(6, 2.5F);
    std::vector<std::uint16_t> row(n_row_values(6));
    ASSERT_TRUE(write_compatible_row(logits, 0, row));
    const auto token = compare_compatible(logits, 3, row);
    ASSERT_TRUE(token);
    EXPECT_NEAR(token->nll, std::log(6), 1e-6);
    EXPECT_NEAR(token->kld, 0, 1e-6);
}

TEST(CompatibleRow, IsNearTheExactFiguresWhereNothingIsCutOff) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const Logits base = random_logits(seed, 800, 12), other = random_logits(seed + 7, 800, 12);
        std::vector<std::uint16_t> kept(n_row_values(800));
        ExactRow row;
        ASSERT_TRUE(row.read(base));
        const auto nll = write_compatible_row(base, 5, kept);
        ASSERT_TRUE(nll);
        EXPECT_NEAR(*nll, *row.nll(5), 1e-5);
        EXPECT_NEAR(*compatible_nll(base, 5), *row.nll(5), 1e-5);
        const auto exact = row.compare(other, 5), compatible = compare_compatible(other, 5, kept);
        ASSERT_TRUE(exact && compatible);
        EXPECT_NEAR(compatible->kld, exact->kld, 1e-3);
        EXPECT_NEAR(compatible->nll, exact->nll, 1e-5);
        EXPECT_NEAR(compatible->nll_base, exact->nll_base, 2e-4);
        EXPECT_NEAR(compatible->p_diff, exact->p_diff, 1e-4);
        EXPECT_EQ(compatible->same_top, exact->same_top);
    }
}

}  // namespace
}  // namespace assay::perplexity
