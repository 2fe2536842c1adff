// The words and digits. That they are llama-perplexity's is what
// tests/flow/perplexity_peer_test.cpp shows with the program itself.

#include "assay/perplexity/tool_lines.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace assay::perplexity {
namespace {

using testing::HasSubstr;
using testing::Not;

std::vector<TextToken> tokens(int n) {
    std::vector<TextToken> out;
    for (int i = 0; i < n; ++i) {
        const double x = i % 5;
        out.push_back({2 + x / 8, 2 + x / 16, x / 32, x / 64 - 0.0625, i % 4 != 0});
    }
    return out;
}

TEST(PerplexityLines, HaveARunningFigureForEachChunkAndTheFinalOne) {
    EXPECT_EQ(perplexity_lines(std::vector<double>{0, 0, 1, 3}, 2),
              "[1]1.0000,[2]2.7183,\nFinal estimate: PPL = 2.7183 +/- 1.92212\n");
    EXPECT_THAT(perplexity_lines(std::vector<double>{1, 1, 1, 1}, 2),
                HasSubstr("Unexpected negative standard deviation"));
}

TEST(DivergenceLines, HaveALineForEachChunk) {
    const std::string text = divergence_lines(tokens(40), 20);
    EXPECT_TRUE(text.starts_with("chunk             PPL               ln(PPL(Q)/PPL(base)) "))
        << text;
    EXPECT_THAT(text, HasSubstr("\n   1       9.4877 ±    0.3848       0.12500 ±    0.02028 "));
    EXPECT_THAT(text, HasSubstr("\n   2       9.4877 ±    0.2686       0.12500 ±    0.01415 "));
    EXPECT_THAT(text, Not(HasSubstr("====="))) << "40 tokens are too few for statistics";
}

TEST(DivergenceLines, HaveTheBlocksOfStatisticsFrom100Tokens) {
    const std::string text = divergence_lines(tokens(100), 20);
    EXPECT_THAT(text,
                HasSubstr("====== Perplexity statistics ======\nMean PPL(Q)               "
                          "    :   9.487736 ±   0.168566\nMean PPL(base)  "));
    EXPECT_THAT(text, HasSubstr("\nCor(ln(PPL(Q)), ln(PPL(base))): 100.00%\n"));
    EXPECT_THAT(text, HasSubstr("\n99.9%   KLD:   0.125000\n99.0%   KLD:   0.125000\n"));
    EXPECT_THAT(text, HasSubstr("\nMedian  KLD:   0.062500\n10.0%   KLD: "));
    EXPECT_THAT(text,
                HasSubstr("\n 5.0%   KLD:   0.000000\n 1.0%   KLD:   0.000000\n 0.1%   KLD:"));
    EXPECT_THAT(text, HasSubstr("\nMean    Δp: -3.125 ± 0.222 %\nMaximum Δp:  0.000%\n"));
    EXPECT_THAT(text, HasSubstr("\nSame top p: 75.000 ± 4.352 %\n"));
}

}  // namespace
}  // namespace assay::perplexity
