#include "assay/analysis/recheck.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace assay::analysis {
namespace {

constexpr VerdictState A = VerdictState::kA, B = VerdictState::kB, Tie = VerdictState::kTie,
                       None = VerdictState::kError;

void add(std::vector<AskedTwice>& out, int n, AskedTwice pair) {
    out.insert(out.end(), static_cast<std::size_t>(n), pair);
}

TEST(Recheck, AJudgeThatRepeatsItselfPasses) {
    std::vector<AskedTwice> pairs;
    add(pairs, 10, {A, A, true});
    add(pairs, 10, {Tie, Tie, false});
    const Recheck r = recheck_of(pairs);
    EXPECT_TRUE(r.passed);
    EXPECT_EQ(r.n, 20);
    EXPECT_EQ(r.n_same, 20);
    EXPECT_EQ(r.p_shift, 1);
}

TEST(Recheck, AJudgeWithNoiseBothWaysPasses) {
    std::vector<AskedTwice> pairs;
    add(pairs, 14, {A, A, true});
    add(pairs, 3, {A, Tie, true});
    add(pairs, 3, {Tie, A, true});
    const Recheck r = recheck_of(pairs);
    EXPECT_TRUE(r.passed) << r.why;
    EXPECT_EQ(r.n_better, 3);
    EXPECT_EQ(r.n_worse, 3);
}

TEST(Recheck, FewerThanHalfTheSameIsAnotherJudge) {
    std::vector<AskedTwice> pairs;
    add(pairs, 10, {A, A, true});
    add(pairs, 5, {A, B, true});
    add(pairs, 5, {B, A, true});
    EXPECT_TRUE(recheck_of(pairs).passed);
    add(pairs, 1, {B, Tie, true});
    const Recheck r = recheck_of(pairs);
    EXPECT_FALSE(r.passed);
    EXPECT_NE(r.why.find("of 21 pairs"), std::string::npos) << r.why;
    EXPECT_NE(r.why.find("--rejudge"), std::string::npos) << r.why;
}

/// 12 of 20 are the same, so the first rule lets it pass.
TEST(Recheck, AJudgeThatHasBecomeMilderIsFound) {
    std::vector<AskedTwice> pairs;
    add(pairs, 12, {Tie, Tie, true});
    add(pairs, 4, {B, Tie, true});
    add(pairs, 4, {A, Tie, false});
    const Recheck r = recheck_of(pairs);
    EXPECT_EQ(r.n_better, 8) << "the variant does not lose any more, at either side";
    EXPECT_NEAR(r.p_shift, 2.0 / 256, 1e-12);
    EXPECT_FALSE(r.passed);
    EXPECT_NE(r.why.find("milder"), std::string::npos) << r.why;
}

TEST(Recheck, WhatHasNoFirstVerdictIsLeftOutAndWhatHasNoSecondIsPending) {
    std::vector<AskedTwice> pairs;
    add(pairs, 5, {None, A, true});
    add(pairs, 5, {A, A, true});
    EXPECT_TRUE(recheck_of(pairs).passed);
    EXPECT_EQ(recheck_of(pairs).n, 5);
    add(pairs, 1, {A, None, true});
    EXPECT_FALSE(recheck_of(pairs).passed);
    EXPECT_EQ(recheck_of(pairs).n_pending, 1);
    EXPECT_TRUE(recheck_of({}).passed) << "nothing was judged before";
}

TEST(Recheck, GateTakesALabelAwayAndSaysWhy) {
    Decision equivalent;
    equivalent.label = DecisionLabel::kEquivalent;
    ExtensionSummary extension;
    extension.controls.passed = extension.recheck.passed = true;
    EXPECT_EQ(gate_extension(equivalent, extension).label, DecisionLabel::kEquivalent);
    extension.recheck.passed = false;
    extension.recheck.why = "the judge is another one";
    const Decision gated = gate_extension(equivalent, extension);
    EXPECT_EQ(gated.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(gated.why.find("the judge is another one"), std::string::npos) << gated.why;
    extension.controls.passed = false;
    extension.controls.why = "it is blind";
    EXPECT_NE(gate_extension(equivalent, extension).why.find("it is blind"), std::string::npos);
}

}  // namespace
}  // namespace assay::analysis
