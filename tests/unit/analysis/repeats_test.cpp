#include "assay/analysis/repeats.hpp"

#include <gtest/gtest.h>

namespace assay::analysis {
namespace {

constexpr auto kA = VerdictState::kA;
constexpr auto kB = VerdictState::kB;
constexpr auto kTie = VerdictState::kTie;

TEST(RepeatStability, CountsFurtherAskingsThatSayTheSame) {
    const std::vector<Askings> pairs{{kA, kA}, {kB, kB}, {kTie, kTie}, {kA, kB}, {kA, kTie}};
    const RepeatStability r = repeat_stability(pairs);
    EXPECT_EQ(r.n, 5);
    EXPECT_EQ(r.n_same, 3);
    EXPECT_DOUBLE_EQ(*r.same.value, 0.6);
    // Within: (0 + 0 + 0 + 2 + 0.5) / 5. All ten values: sum 1, squares 7, so (7 - 1 / 10) / 9.
    EXPECT_DOUBLE_EQ(*r.within_variance, 0.5);
    EXPECT_NEAR(*r.icc, 1 - 0.5 / (6.9 / 9), 1e-12);
}

TEST(RepeatStability, LeavesOutWhatIsNoVerdictAndPairsThatWereAskedOnce) {
    const std::vector<Askings> pairs{{kA},
                                     {},
                                     {VerdictState::kInvalid, kA, kA},
                                     {kA, VerdictState::kError, VerdictState::kRefused},
                                     {kA, VerdictState::kInvalid, kB}};
    const RepeatStability r = repeat_stability(pairs);
    EXPECT_EQ(r.n, 1);
    EXPECT_EQ(r.n_same, 0);
}

TEST(RepeatStability, OfNothingIsUndefinedAndOfOneVerdictThroughoutHasNoCorrelation) {
    const RepeatStability none = repeat_stability({});
    EXPECT_FALSE(none.same.value);
    EXPECT_FALSE(none.same.why.empty());
    EXPECT_FALSE(none.within_variance);
    const std::vector<Askings> alike{{kA, kA}, {kA, kA, kA}};
    const RepeatStability same = repeat_stability(alike);
    EXPECT_EQ(same.n, 3);
    EXPECT_DOUBLE_EQ(*same.within_variance, 0);
    EXPECT_FALSE(same.icc);
}

}  // namespace
}  // namespace assay::analysis
