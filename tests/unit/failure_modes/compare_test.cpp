#include "assay/failure_modes/compare.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

namespace assay::failure_modes {
namespace {

/// `n` answers of which those at [from, to) show the mode.
std::vector<Flags> answers(std::size_t n, Mode mode, std::size_t from, std::size_t to) {
    std::vector<Flags> out(n);
    for (std::size_t i = from; i < to; ++i) {
        out[i].set(mode);
    }
    return out;
}

TEST(Compare, CountsThePairedTableOfEachMode) {
    const auto baseline = answers(50, Mode::kRepetition, 0, 19),
               variant = answers(50, Mode::kRepetition, 5, 24);
    const Comparison out = compare(baseline, variant);
    const ModeComparison& row = out[static_cast<std::size_t>(Mode::kRepetition)];
    EXPECT_EQ(row.mode, Mode::kRepetition);
    EXPECT_EQ(row.table.both, 14);
    EXPECT_EQ(row.table.candidate_only, 5);
    EXPECT_EQ(row.table.reference_only, 5);
    EXPECT_EQ(row.table.neither, 26);
    EXPECT_EQ(row.baseline.count, 19);
    EXPECT_EQ(row.variant.count, 19);
    EXPECT_FALSE(row.variant.upper_if_none);
    ASSERT_TRUE(row.difference);
    EXPECT_NEAR(row.difference->estimate, 0, 1e-12);
}

TEST(Compare, AgreesWithNewcombesExampleAndTheBinomialTest) {
    // Altman's data in Newcombe (1998), method 10: a, b, c, d = 14, 5, 0, 22 -> [0.011, 0.226].
    const auto baseline = answers(41, Mode::kNoAnswer, 0, 14),
               variant = answers(41, Mode::kNoAnswer, 0, 19);
    const ModeComparison row = compare(baseline,
                                       variant)[static_cast<std::size_t>(Mode::kNoAnswer)];
    EXPECT_NEAR(row.difference->low, 0.011, 0.0006);
    EXPECT_NEAR(row.difference->high, 0.226, 0.0006);
    EXPECT_NEAR(row.p_exact, 2 * std::pow(0.5, 5), 1e-12);
    EXPECT_NEAR(row.p_mid, std::pow(0.5, 5), 1e-12);
    EXPECT_NEAR(row.p_holm, kModes * std::pow(0.5, 5), 1e-12) << "the family is all modes";
}

TEST(Compare, AModeThatNeverOccursHasAnUpperBoundAndNoEvidence) {
    const std::vector<Flags> none(100);
    const ModeComparison row = compare(none, none)[0];
    ASSERT_TRUE(row.variant.upper_if_none);
    EXPECT_NEAR(*row.variant.upper_if_none, 0.0295, 0.0001);  // 1 - 0.05^(1/100), near 3/n
    EXPECT_EQ(row.variant.interval.low, 0);
    EXPECT_EQ(row.p_mid, 1);
    EXPECT_EQ(row.p_holm, 1);
}

TEST(Compare, NothingComparedIsNothingKnown) {
    const ModeComparison row = compare({}, {})[0];
    EXPECT_FALSE(row.difference);
    EXPECT_FALSE(row.variant.upper_if_none);
    EXPECT_EQ(row.variant.interval.high, 1);
    EXPECT_EQ(row.p_exact, 1);
}

TEST(Compare, RefusesFlagsOfDifferentQuestions) {
    const std::vector<Flags> two(2), three(3);
    EXPECT_THROW((void)compare(two, three), std::logic_error);
}

}  // namespace
}  // namespace assay::failure_modes
