#include "assay/analysis/next_step.hpp"

#include <gmock/gmock.h>

#include <vector>

namespace assay::analysis {
namespace {

using testing::HasSubstr;
using testing::Not;
using Calls = std::vector<std::vector<stats::CallVerdict>>;

/// n questions, of which every fifth wins, every fifth loses (one after the other), and so on.
Calls one_call_each(int n) {
    Calls out;
    for (int i = 0; i < n; ++i) {
        const int verdict = (i % 5 == 0) - (i % 5 == 1);
        out.push_back({{{0, 0, 0, 0}, verdict}});
    }
    return out;
}

Design run_of(std::int64_t n, int n_samples = 1) {
    AnalysisSettings settings;
    settings.stopping = "none";
    Design out = make_design(n, {}, false, settings);
    out.n_samples = n_samples;
    return out;
}

SteppedVariant inconclusive(double v, std::int64_t n_more_ship) {
    SteppedVariant out;
    out.variance.n_questions = 154;
    out.variance.v = v;
    out.decision.label = DecisionLabel::kInconclusive;
    out.decision.n_more_ship = n_more_ship;
    out.decision.n_more = 2 * n_more_ship;
    return out;
}

TEST(VerdictVarianceOf, OfOneVerdictEachIsThePlainVarianceAndKnowsNoPairs) {
    // 40 questions: 8 wins, 8 losses, 24 ties; net 0, mean Y^2 0.4, s^2 = 16 / 39, c0 = -s^2 / 40.
    const Calls calls = one_call_each(40);
    const VerdictVariance variance = verdict_variance_of(calls, calls);
    EXPECT_EQ(variance.n_questions, 40);
    EXPECT_NEAR(*variance.v, 0.4 + 16.0 / 39 / 40, 1e-12);
    EXPECT_FALSE(variance.repeat);
    EXPECT_FALSE(variance.order);
    EXPECT_FALSE(variance.judge);
    EXPECT_FALSE(variance.sample);
    EXPECT_EQ(variance.why, "");
}

TEST(VerdictVarianceOf, OfFewerThanThirtyQuestionsSaysNothing) {
    const Calls calls = one_call_each(29);
    const VerdictVariance variance = verdict_variance_of(calls, calls);
    EXPECT_FALSE(variance.v);
    EXPECT_EQ(variance.n_questions, 29);
    EXPECT_THAT(variance.why, HasSubstr("only 29 questions with a verdict, and below 30"));
}

TEST(VerdictVarianceOf, TakesOfRepeatsTheCorrelationAsOnlyAPartIsAskedAgain) {
    // Every fourth question is asked again and says the same: correlation 1, whatever the others.
    const Calls alone = one_call_each(60);
    Calls with_repeats = alone;
    for (std::size_t i = 0; i < with_repeats.size(); i += 4) {
        with_repeats[i].push_back({{0, 0, 0, 1}, with_repeats[i][0].verdict});
    }
    const VerdictVariance variance = verdict_variance_of(alone, with_repeats);
    EXPECT_NEAR(*variance.v, *verdict_variance_of(alone, alone).v, 1e-12)
        << "what is asked again is in no count";
    EXPECT_NEAR(*variance.correlation(&VerdictVariance::repeat), 1, 1e-9);
}

TEST(NextStep, OnTheSameQuestionsIsTheFewestSamplesThatReach) {
    const std::vector<SteppedVariant> variants{inconclusive(0.6, 219)};
    const auto step = next_step_of(run_of(154), variants, {});
    ASSERT_TRUE(step && step->same);
    // v (0.15 + 0.85 / k) <= 154 x 0.01 / 6.18 = 0.249 needs k = 4 (0.2175; 3: 0.26).
    EXPECT_EQ(step->same->n_samples, 4);
    EXPECT_FALSE(step->same->both_orders);
    EXPECT_EQ(step->same->n_calls, 3 * 154);
    EXPECT_GE(step->same->chance, 0.8);
    EXPECT_NEAR(static_cast<double>(*step->same->n_new), 136, 2);
    EXPECT_EQ(step->n_more, 219);
    EXPECT_EQ(step->n_more_calls, 219);
    EXPECT_EQ(step->n_new, 373);
    EXPECT_THAT(step->words, HasSubstr("4 samples a question on the same 154 questions"));
    EXPECT_THAT(step->words, HasSubstr("462 further calls"));
    EXPECT_THAT(step->words, HasSubstr("219 further questions (219 calls)"));
    EXPECT_THAT(step->to_confirm, HasSubstr("373 new questions asked about as these were, or 13"));
}

TEST(NextStep, AtTemperatureZeroIsFurtherQuestionsAndSaysThatNothingElseReaches) {
    const std::vector<SteppedVariant> variants{inconclusive(0.6, 219)};
    const auto step = next_step_of(
        run_of(154), variants, {.no_samples = "at temperature 0 samples are no option"});
    ASSERT_TRUE(step);
    EXPECT_FALSE(step->same) << "both orders reach 52 %";
    EXPECT_THAT(step->words,
                HasSubstr("nothing on the same 154 questions reaches the margin; if it is as good, "
                          "219 further questions (219 calls) would"));
    EXPECT_EQ(step->to_confirm, "373 new questions asked about as these were");
}

TEST(NextStep, IsBothOrdersWhereTheyReachWithFewerCalls) {
    SteppedVariant wavers = inconclusive(0.6, 219);
    wavers.variance.v = 0.4;
    wavers.variance.order = 0.0;  // measured: verdicts in the other order have nothing in common
    const std::vector<SteppedVariant> variants{wavers};
    const auto step = next_step_of(run_of(154), variants, {.no_samples = "none"});
    ASSERT_TRUE(step && step->same);
    EXPECT_TRUE(step->same->both_orders);
    EXPECT_EQ(step->same->n_calls, 154);
}

TEST(NextStep, OfSeveralVariantsReachesForTheWorstAndAsksAboutAll) {
    SteppedVariant settled = inconclusive(0.1, 0);
    settled.decision.label = DecisionLabel::kEquivalent;
    settled.variance.equal_share = 0.5;
    const std::vector<SteppedVariant> variants{
        inconclusive(0.3, 40), inconclusive(0.6, 219), settled};
    const auto step = next_step_of(run_of(154), variants, {});
    ASSERT_TRUE(step && step->same);
    EXPECT_EQ(step->same->n_samples, 4) << "as of 0.6 alone";
    EXPECT_EQ(step->same->n_calls, 3 * 154 * 5 / 2) << "equal answers need no call";
    EXPECT_EQ(step->n_more, 219);
}

TEST(NextStep, OfAJudgeThatCostsNothingCountsNoCalls) {
    const std::vector<SteppedVariant> variants{inconclusive(0.6, 219)};
    const auto step = next_step_of(
        run_of(154),
        variants,
        {.both_orders = false, .no_samples = "temperature 0", .calls_cost_nothing = true});
    ASSERT_TRUE(step);
    EXPECT_THAT(step->words, HasSubstr("219 further questions (calls cost nothing)"));
    EXPECT_THAT(step->words, Not(HasSubstr("219 calls")));
}

TEST(NextStep, IsNoneWhereNothingIsOpenOrMoreWouldNotHelp) {
    SteppedVariant settled = inconclusive(0.6, 219);
    settled.decision.label = DecisionLabel::kDegraded;
    EXPECT_FALSE(next_step_of(run_of(154), std::vector{settled}, {}));
    SteppedVariant held_back = inconclusive(0.6, 219);
    held_back.decision.n_more_ship.reset();
    EXPECT_FALSE(next_step_of(run_of(154), std::vector{held_back}, {}));
    EXPECT_FALSE(next_step_of(run_of(154), std::vector{inconclusive(0.6, 0)}, {}));
}

TEST(NextStep, WithoutAMeasuredVarianceKnowsFurtherQuestionsOnly) {
    SteppedVariant few = inconclusive(0.6, 219);
    few.variance = {};
    few.variance.n_questions = 20;
    const auto step = next_step_of(run_of(20), std::vector{few}, {});
    ASSERT_TRUE(step);
    EXPECT_FALSE(step->same);
    EXPECT_EQ(step->n_more, 219);
    EXPECT_THAT(step->words, HasSubstr("of fewer than 30 questions nothing else is said"));
    EXPECT_THAT(step->words, Not(HasSubstr("reaches")));
}

TEST(WayOfAsking, IsWordsForADesign) {
    EXPECT_EQ(way_of_asking(1, 1, false), "one verdict a question");
    EXPECT_EQ(way_of_asking(1, 1, true), "both orders");
    EXPECT_EQ(way_of_asking(4, 1, false), "4 samples a question");
    EXPECT_EQ(way_of_asking(4, 3, true), "4 samples a question, 3 judges together, both orders");
}

}  // namespace
}  // namespace assay::analysis
