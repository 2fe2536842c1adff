#include "assay/analysis/kld_fifths.hpp"

#include <gtest/gtest.h>

#include <string>

namespace assay::analysis {
namespace {

/// Question i has KLD i times `step`, in an order that is not that of KLD.
std::vector<MeasuredQuestion> questions(int n, OutcomeKind (*kind_of)(int), double step = 0.001) {
    std::vector<MeasuredQuestion> out;
    for (int k = 0; k < n; ++k) {
        const int i = (k * 7) % n;  // n is no multiple of 7
        MeasuredQuestion question{i * step, i, {{}}};
        question.outcomes[0].kind = kind_of(i);
        question.outcomes[0].identical = i == 1 || i == 2;
        out.push_back(question);
    }
    return out;
}

TEST(KldFifths, AreSortedAndHoldEveryQuestionOnce) {
    const auto r = outcomes_by_kld(questions(23, [](int i) {
        if (i >= 18) {
            return OutcomeKind::kLoss;
        }
        return i == 0 ? OutcomeKind::kWin : OutcomeKind::kTie;
    }));
    ASSERT_TRUE(r);
    ASSERT_EQ(r->fifths.size(), 5U);
    std::int64_t n = 0;
    double before = -1;
    for (const KldFifth& fifth : r->fifths) {
        EXPECT_GT(fifth.low, before);
        EXPECT_GE(fifth.high, fifth.low);
        EXPECT_GE(fifth.counts.n, 4);
        EXPECT_LE(fifth.counts.n, 5);
        before = fifth.high;
        n += fifth.counts.n;
    }
    EXPECT_EQ(n, 23);
    EXPECT_EQ(r->fifths[0].counts.wins, 1);
    EXPECT_EQ(r->fifths[0].counts.identical, 2);
    EXPECT_EQ(r->fifths[4].counts.losses, 5);
    EXPECT_EQ(r->fifths[4].lost.value, 1);
    EXPECT_LT(*r->fifths[4].lost.low, 0.8);
    EXPECT_EQ(r->meaning,
              "Of 5 losses, 5 are in the fifth with the largest KLD and 0 in the fifth with the "
              "smallest. KLD says how far the probabilities are apart, not whether an answer is "
              "worse: the verdicts alone decide.");
}

TEST(KldFifths, LossesWhereKldIsSmallPointToTheJudge) {
    const auto r = outcomes_by_kld(
        questions(20, [](int i) { return i == 1 ? OutcomeKind::kLoss : OutcomeKind::kTie; }));
    EXPECT_EQ(r->meaning,
              "Of 1 loss, 0 are in the fifth with the largest KLD and 1 in the fifth with the "
              "smallest. Where KLD is small the two models hardly differ: losses there point to "
              "the judge, so read them first. KLD says how far the probabilities are apart, not "
              "whether an answer is worse: the verdicts alone decide.");
}

// The nearest fifth of a variant that is far off is far off, too.
TEST(KldFifths, OfAFarVariantAccuseNoJudge) {
    const auto r = outcomes_by_kld(questions(
        20, [](int i) { return i == 1 ? OutcomeKind::kLoss : OutcomeKind::kTie; }, 0.1));
    EXPECT_EQ(r->fifths[0].counts.losses, 1);
    EXPECT_EQ(r->meaning.find("judge"), std::string::npos) << r->meaning;
}

TEST(KldFifths, WithoutLossesALargeKldIsNoReasonAgainstTheVariant) {
    const auto r = outcomes_by_kld(questions(20, [](int) { return OutcomeKind::kTie; }));
    EXPECT_EQ(r->meaning.find("No question was lost, so a large KLD here is no reason against"), 0U)
        << r->meaning;
}

TEST(KldFifths, CountFailedVerdictsApart) {
    const auto r = outcomes_by_kld(
        questions(20, [](int i) { return i < 4 ? OutcomeKind::kInvalid : OutcomeKind::kTie; }));
    EXPECT_EQ(r->fifths[0].counts.n, 0);
    EXPECT_EQ(r->fifths[0].counts.invalid, 4);
    EXPECT_FALSE(r->fifths[0].lost.value);
    EXPECT_EQ(r->fifths[1].lost.value, 0);
}

TEST(KldFifths, AreNotMadeOfTooFewQuestionsOrOfNoVerdict) {
    const auto tie = [](int) { return OutcomeKind::kTie; };
    EXPECT_FALSE(outcomes_by_kld(questions(9, tie)));
    EXPECT_TRUE(outcomes_by_kld(questions(10, tie)));
    EXPECT_FALSE(outcomes_by_kld(questions(20, [](int) { return OutcomeKind::kNotJudged; })));
    EXPECT_FALSE(outcomes_by_kld({}));
}

}  // namespace
}  // namespace assay::analysis
