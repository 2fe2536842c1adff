#include "assay/analysis/samples_look.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace assay::analysis {
namespace {

/// `n` questions with these two outcomes each.
void add(std::vector<Outcome>& outcomes, int n, OutcomeKind first, OutcomeKind second) {
    for (int i = 0; i < n; ++i) {
        Outcome outcome;
        outcome.question_id = "q" + std::to_string(outcomes.size());
        outcome.kind = first;
        outcome.variant_is_a = true;
        outcomes.push_back(outcome);
        outcome.kind = second;
        outcome.sample = 1;
        outcome.variant_is_a = false;
        outcomes.push_back(outcome);
    }
}

/// d = 0.6 and no correlation at all: what two answers of one distribution look like.
std::vector<Outcome> truly_alike(int n_ninths) {
    std::vector<Outcome> out;
    for (const auto first : {OutcomeKind::kWin, OutcomeKind::kTie, OutcomeKind::kLoss}) {
        for (const auto second : {OutcomeKind::kWin, OutcomeKind::kTie, OutcomeKind::kLoss}) {
            add(out, n_ninths, first, second);
        }
    }
    return out;
}

TEST(SamplesLook, SharesAlphaAsAHybridDoes) {
    const AnalysisSettings settings{.alpha = 0.05};
    EXPECT_NEAR(settings_of_look(settings).alpha, 0.01, 1e-15);
    EXPECT_NEAR(settings_after_look(settings).alpha, 0.04, 1e-15);
}

TEST(SamplesLook, KnowsWhatTwoSamplesHaveInCommonWhereEachHasSeveralVerdicts) {
    std::vector<Outcome> both_orders;
    for (Outcome outcome : truly_alike(15)) {
        both_orders.push_back(outcome);
        outcome.variant_is_a = !outcome.variant_is_a;
        both_orders.push_back(outcome);
    }
    const auto alone = look_at_samples(truly_alike(15), {}, {}),
               with_orders = look_at_samples(both_orders, {}, {});
    EXPECT_NEAR(with_orders.moments.second_moment, alone.moments.second_moment, 1e-12);
    EXPECT_NEAR(with_orders.moments.product, alone.moments.product, 1e-12)
        << "two orders of one sample agree, and that is no reason to ask for more samples";
}

TEST(SamplesLook, GoesOnWhereTwoSamplesDoNotDecide) {
    const SamplesLook look = look_at_samples(truly_alike(15), {}, {});
    EXPECT_FALSE(look.stops);
    EXPECT_NEAR(look.moments.second_moment, 2.0 / 3, 1e-12);
    EXPECT_NEAR(look.moments.product, 0, 1e-12);
    ASSERT_TRUE(look.chosen);
    EXPECT_TRUE(look.chosen->reachable);
    EXPECT_GE(look.chosen->k, 3);
    const SamplesLook equivalent = look_at_samples(
        truly_alike(15), {}, {.goal = stats::SamplesGoal::kEquivalent});
    EXPECT_GT(equivalent.chosen->k, look.chosen->k);
}

TEST(SamplesLook, StopsAsEquivalentAndAsDegraded) {
    std::vector<Outcome> ties, losses;
    add(ties, 200, OutcomeKind::kTie, OutcomeKind::kTie);
    add(losses, 100, OutcomeKind::kLoss, OutcomeKind::kLoss);
    add(losses, 100, OutcomeKind::kTie, OutcomeKind::kTie);
    const SamplesLook alike = look_at_samples(ties, {}, {}),
                      worse = look_at_samples(losses, {}, {});
    EXPECT_TRUE(alike.stops);
    EXPECT_EQ(alike.decision.label, DecisionLabel::kEquivalent);
    EXPECT_FALSE(alike.chosen);
    EXPECT_TRUE(worse.stops);
    EXPECT_EQ(worse.decision.label, DecisionLabel::kDegraded);
}

TEST(SamplesLook, DoesNotStopAsNonInferior) {
    std::vector<Outcome> better;
    add(better, 60, OutcomeKind::kWin, OutcomeKind::kWin);
    add(better, 90, OutcomeKind::kTie, OutcomeKind::kTie);
    const SamplesLook look = look_at_samples(better, {}, {});
    EXPECT_EQ(look.decision.label, DecisionLabel::kNonInferior);
    EXPECT_FALSE(look.stops);
    EXPECT_TRUE(look.chosen);
}

TEST(SamplesLook, TheNumberOfSamplesDoesNotDependOnTheSign) {
    std::vector<Outcome> worse, better;
    add(worse, 20, OutcomeKind::kLoss, OutcomeKind::kTie);
    add(worse, 80, OutcomeKind::kTie, OutcomeKind::kTie);
    add(worse, 30, OutcomeKind::kLoss, OutcomeKind::kWin);
    add(better, 20, OutcomeKind::kWin, OutcomeKind::kTie);
    add(better, 80, OutcomeKind::kTie, OutcomeKind::kTie);
    add(better, 30, OutcomeKind::kWin, OutcomeKind::kLoss);
    const SamplesLook a = look_at_samples(worse, {}, {}), b = look_at_samples(better, {}, {});
    EXPECT_EQ(a.moments.second_moment, b.moments.second_moment);
    EXPECT_EQ(a.moments.product, b.moments.product);
}

TEST(SamplesLook, QuestionsWithOneVerdictHaveNoProduct) {
    std::vector<Outcome> some;
    add(some, 100, OutcomeKind::kWin, OutcomeKind::kLoss);
    add(some, 3, OutcomeKind::kWin, OutcomeKind::kInvalid);
    const SamplesLook look = look_at_samples(some, {}, {});
    EXPECT_EQ(look.moments.second_moment, 1);
    EXPECT_EQ(look.moments.product, -1);
}

TEST(SamplesLook, WithoutVerdictsNothingIsChosen) {
    std::vector<Outcome> none;
    add(none, 50, OutcomeKind::kError, OutcomeKind::kNotJudged);
    for (const std::vector<Outcome>& outcomes : {std::vector<Outcome>{}, none}) {
        const SamplesLook look = look_at_samples(outcomes, {}, {});
        EXPECT_FALSE(look.stops);
        EXPECT_FALSE(look.chosen);
        EXPECT_EQ(look.decision.label, DecisionLabel::kNotMeasured);
    }
}

}  // namespace
}  // namespace assay::analysis
