#include "assay/analysis/decide.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "assay/analysis/analyse.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

Decision of(const OutcomeList& list, double margin = 0.1) {
    return analyse(list.outcomes, {.margin = margin}).decision;
}

bool says(const Decision& decision, const std::string& text) {
    return decision.why.find(text) != std::string::npos;
}

TEST(Decide, TheIntervalGivesTheLabel) {
    EXPECT_EQ(of(OutcomeList().wins(150).losses(150).ties(214)).label, DecisionLabel::kEquivalent);
    EXPECT_EQ(of(OutcomeList().wins(80).losses(30).ties(44)).label, DecisionLabel::kNonInferior);
    EXPECT_EQ(of(OutcomeList().wins(30).losses(80).ties(44)).label, DecisionLabel::kDegraded);
    EXPECT_EQ(of(OutcomeList().wins(45).losses(48).ties(61)).label, DecisionLabel::kInconclusive);
}

TEST(Decide, ALimitOnTheMarginIsNotInside) {
    const OutcomeList study = OutcomeList().wins(45).losses(48).ties(61);
    const double low = *analyse(study.outcomes, {}).net_win_rate.low;
    EXPECT_EQ(of(study, -low).label, DecisionLabel::kInconclusive);
    EXPECT_EQ(of(study, -low + 1e-9).label, DecisionLabel::kEquivalent);
}

TEST(Decide, DegradedWithinTheMarginSaysThatTheSizeIsNotSettled) {
    const Decision worse = of(OutcomeList().wins(60).losses(90).ties(4));
    EXPECT_EQ(worse.label, DecisionLabel::kDegraded);
    EXPECT_FALSE(worse.beyond_margin);
    EXPECT_TRUE(worse.detectably_worse);
    EXPECT_TRUE(says(worse, "worse; by more than the margin is not settled"));
    EXPECT_FALSE(worse.n_more);
    const Decision beyond = of(OutcomeList().wins(10).losses(90).ties(4));
    EXPECT_TRUE(beyond.beyond_margin);
    EXPECT_TRUE(says(beyond, "worse by more than the margin"));
}

TEST(Decide, ABoundIsSaidOnlyWhereTheIntervalHoldsIt) {
    const auto bound = [](const Decision& decision) {
        return says(decision, "whatever the margin is");
    };
    EXPECT_TRUE(bound(of(OutcomeList().wins(20).losses(21).ties(10))));
    const Decision few = of(OutcomeList().wins(10).losses(10).ties(10));
    ASSERT_EQ(few.label, DecisionLabel::kInconclusive);
    EXPECT_FALSE(bound(few)) << "the interval of so few is too narrow: " << few.why;
    EXPECT_FALSE(bound(of(OutcomeList().wins(150).losses(150).ties(214)))) << "a label says more";
    // Of many failures it is that with all of them losses.
    const Decision failed = of(
        OutcomeList().wins(45).losses(48).ties(61).add(30, OutcomeKind::kInvalid));
    const Decision losses = of(OutcomeList().wins(45).losses(78).ties(61));
    ASSERT_EQ(failed.label, DecisionLabel::kInconclusive);
    ASSERT_TRUE(failed.least_net && losses.least_net);
    EXPECT_EQ(*failed.least_net, *losses.least_net);
    EXPECT_TRUE(bound(failed)) << failed.why;
}

/// `times` questions with these verdicts each.
void ask(std::vector<Outcome>& outcomes,
         int times,
         std::initializer_list<std::pair<int, OutcomeKind>> verdicts) {
    static int number = 0;
    for (int i = 0; i < times; ++i) {
        ++number;
        for (const auto& [n, kind] : verdicts) {
            for (int k = 0; k < n; ++k) {
                Outcome& outcome = outcomes.emplace_back();
                outcome.question_id = fmt::format("asked{}", number);
                outcome.kind = kind;
            }
        }
    }
}

TEST(Decide, AQuestionThatIsLeftOutTakesNoLossesWithIt) {
    // 8 of 100 questions say 3 x loss and fail 5 times: 5 % of the calls, and all of their losses.
    std::vector<Outcome> outcomes;
    ask(outcomes, 8, {{3, OutcomeKind::kLoss}, {5, OutcomeKind::kInvalid}});
    ask(outcomes, 16, {{2, OutcomeKind::kLoss}, {6, OutcomeKind::kTie}});
    ask(outcomes, 76, {{8, OutcomeKind::kTie}});
    const ComparisonAnalysis a = analyse(outcomes, {});
    EXPECT_EQ(a.counts.questions_left_out, 8);
    EXPECT_NE(a.decision.label, DecisionLabel::kEquivalent);
    EXPECT_NE(a.decision.label, DecisionLabel::kNonInferior);
    EXPECT_NE(a.decision.why.find("8 questions with a verdict in fewer than half"),
              std::string::npos)
        << a.decision.why;
    // Of none that counts nothing is measured.
    std::vector<Outcome> none;
    ask(none, 40, {{1, OutcomeKind::kWin}, {2, OutcomeKind::kInvalid}});
    const Decision nothing = analyse(none, {}).decision;
    EXPECT_EQ(nothing.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(nothing.why.find("in at least half of its calls"), std::string::npos) << nothing.why;
    EXPECT_EQ(nothing.why.find("this one does"), std::string::npos) << nothing.why;
}

TEST(Decide, OnlyInconclusiveOnesSayHowManyMore) {
    const Decision study = of(OutcomeList().wins(45).losses(48).ties(61));
    ASSERT_TRUE(study.n_more);
    EXPECT_EQ(*study.n_more, 363);
    EXPECT_EQ(*study.n_more_ship, 219);
    EXPECT_TRUE(says(study, "about 219 more questions would show with 80 % power that it is not "));
    EXPECT_TRUE(says(study, "and about 363 that they are equivalent"));
    EXPECT_TRUE(says(study, "whatever the margin is, it is at most 12.2 points worse (95 % sure)"));
    EXPECT_FALSE(says(study, "unlikely"));
    EXPECT_FALSE(of(OutcomeList().wins(150).losses(150).ties(214)).n_more);
    EXPECT_FALSE(of(OutcomeList().wins(80).losses(30).ties(44)).n_more);
}

TEST(Decide, FewerMoreForLessPower) {
    const auto list = OutcomeList().wins(45).losses(48).ties(61);
    EXPECT_LT(*analyse(list.outcomes, {.power = 0.6}).decision.n_more, 363);
    EXPECT_GT(*analyse(list.outcomes, {.power = 0.95}).decision.n_more, 363);
}

TEST(Decide, ADifferenceOfTheMarginMakesMoreQuestionsUnlikelyToHelp) {
    EXPECT_TRUE(says(of(OutcomeList().wins(2).losses(4).ties(14)),
                     "unlikely to show equivalence"));  // -10 points exactly
    EXPECT_FALSE(says(of(OutcomeList().wins(3).losses(4).ties(13)),
                      "unlikely to show equivalence"));  // -5 points
}

TEST(Decide, APlannedNumberThatIsReachedNeedsNoMore) {
    // Standard error 2.45 points, margin 7.6 points = 3.1 of them: enough for 80 % power, but the
    // difference seen is 3.8 points.
    const Decision d = of(OutcomeList().wins(281).losses(319).ties(400), 0.076);
    EXPECT_EQ(d.label, DecisionLabel::kInconclusive);
    ASSERT_TRUE(d.n_more);
    EXPECT_EQ(*d.n_more, 0);
    EXPECT_TRUE(says(d, "they may well differ"));
}

TEST(Decide, AMarginThatNoNumberSettlesSaysSo) {
    const Decision d = of(OutcomeList().wins(5).losses(5).ties(5), 1e-9);
    EXPECT_EQ(d.label, DecisionLabel::kInconclusive);
    EXPECT_FALSE(d.n_more);
    EXPECT_TRUE(says(d, "no practicable number"));
}

TEST(Decide, NothingJudgedIsNotMeasured) {
    EXPECT_EQ(of(OutcomeList()).label, DecisionLabel::kNotMeasured);
    const Decision only_invalid = of(OutcomeList().add(10, OutcomeKind::kInvalid));
    EXPECT_EQ(only_invalid.label, DecisionLabel::kNotMeasured);
    EXPECT_TRUE(says(only_invalid, "all 10 failed"));
    EXPECT_EQ(of(OutcomeList().add(4, OutcomeKind::kNoAnswerBaseline)).label,
              DecisionLabel::kNotMeasured);
}

TEST(Decide, FivePercentWithoutAVerdictIsToleratedAndMoreIsNot) {
    for (const OutcomeKind kind : {OutcomeKind::kError, OutcomeKind::kNotJudged}) {
        EXPECT_EQ(of(OutcomeList().ties(95).add(5, kind)).label, DecisionLabel::kEquivalent);
        const Decision d = of(OutcomeList().ties(94).add(6, kind));
        EXPECT_EQ(d.label, DecisionLabel::kNotMeasured);
        EXPECT_TRUE(says(d, "6 of the 100 comparisons"));
        EXPECT_FALSE(d.n_more);
    }
    EXPECT_EQ(of(OutcomeList().ties(94).add(3, OutcomeKind::kError).add(3, OutcomeKind::kNotJudged))
                  .label,
              DecisionLabel::kNotMeasured);
}

TEST(Decide, MoreThanFivePercentLeftOutIsNotMeasured) {
    EXPECT_EQ(of(OutcomeList().ties(95).add(5, OutcomeKind::kNoAnswerBaseline)).label,
              DecisionLabel::kEquivalent);
    const Decision d = of(OutcomeList().ties(94).add(6, OutcomeKind::kNoAnswerBaseline));
    EXPECT_EQ(d.label, DecisionLabel::kNotMeasured);
    EXPECT_TRUE(says(d, "6 of 100 comparisons are left out")) << d.why;
}

TEST(Decide, MissingAnswersAndFailedVerdictsCountTogetherInBothExtremes) {
    // Each alone is below 5 %.
    const auto with = [](int ties, int invalid, int missing) {
        return of(OutcomeList()
                      .ties(ties)
                      .add(invalid, OutcomeKind::kInvalid)
                      .add(missing, OutcomeKind::kNoAnswerBaseline));
    };
    EXPECT_EQ(with(192, 8, 0).label, DecisionLabel::kEquivalent);
    EXPECT_EQ(with(192, 0, 8).label, DecisionLabel::kEquivalent);
    const Decision few = with(92, 4, 4);
    EXPECT_EQ(few.label, DecisionLabel::kInconclusive) << few.why;
    EXPECT_TRUE(says(few,
                     "8 are not known (8.0 %: 4 INVALID, ERROR or REFUSED, 4 left out as an "
                     "answer is missing)"))
        << few.why;
    EXPECT_EQ(with(1840, 80, 80).label, DecisionLabel::kEquivalent) << "holds whatever they are";
}

TEST(Decide, PairsWithoutACallDoNotDiluteTheMissingVerdicts) {
    // 6 of 100 need-a-call pairs are missing; 900 identical ones change nothing, nor do answers
    // that are missing.
    EXPECT_EQ(of(OutcomeList().ties(94).add(6, OutcomeKind::kError).identical(900)).label,
              DecisionLabel::kNotMeasured);
    EXPECT_EQ(of(OutcomeList().ties(94).add(6, OutcomeKind::kError).no_answer_variant(1)).label,
              DecisionLabel::kNotMeasured);
    EXPECT_EQ(of(OutcomeList()
                     .ties(94)
                     .add(6, OutcomeKind::kError)
                     .add(50, OutcomeKind::kNoAnswerBaseline))
                  .label,
              DecisionLabel::kNotMeasured);
}

TEST(Decide, OnlyIdenticalPairsSettledIsNotMeasuredIfOthersNeedACall) {
    const Decision d = of(OutcomeList().identical(400).add(3, OutcomeKind::kInvalid));
    EXPECT_EQ(d.label, DecisionLabel::kNotMeasured);
    EXPECT_TRUE(says(d, "identical"));
}

TEST(Decide, AllPairsIdenticalFollowsFromTheInterval) {
    EXPECT_EQ(of(OutcomeList().identical(400)).label, DecisionLabel::kEquivalent);
    EXPECT_EQ(of(OutcomeList().identical(20)).label, DecisionLabel::kInconclusive);
    EXPECT_EQ(of(OutcomeList().identical(400).add(5, OutcomeKind::kNoAnswerBaseline)).label,
              DecisionLabel::kEquivalent);
}

TEST(Decide, AVariantThatNeverAnswersIsDegraded) {
    const Decision d = of(OutcomeList().no_answer_variant(30));
    EXPECT_EQ(d.label, DecisionLabel::kDegraded);
    EXPECT_TRUE(d.beyond_margin);
}

TEST(Decide, UpToFivePercentFailedTheOthersDecideAboveOnlyWhatHoldsWhateverTheySaid) {
    const AnalysisSettings settings{.margin = 0.05};
    const ComparisonAnalysis tolerated = analyse(
        OutcomeList().ties(95).add(5, OutcomeKind::kInvalid).outcomes, settings);
    EXPECT_EQ(tolerated.decision.label, DecisionLabel::kEquivalent);
    EXPECT_EQ(tolerated.worst_case.decision.label, DecisionLabel::kDegraded);
    EXPECT_EQ(tolerated.best_case.decision.label, DecisionLabel::kNonInferior);
    const ComparisonAnalysis failed = analyse(
        OutcomeList().ties(94).add(6, OutcomeKind::kInvalid).outcomes, settings);
    EXPECT_EQ(failed.decision.label, DecisionLabel::kInconclusive);
    EXPECT_FALSE(failed.decision.detectably_worse);
    EXPECT_FALSE(failed.decision.n_more) << "more questions would fail as well";
    EXPECT_TRUE(says(failed.decision, "6 of 100"));
    EXPECT_TRUE(says(failed.decision,
                     "without them it is equivalent, with all of them losses degraded, with all of "
                     "them wins non-inferior"))
        << failed.decision.why;
    EXPECT_EQ(*failed.net_win_rate.value, 0);  // the interval shown stays that of the counts
    EXPECT_EQ(failed.net_win_rate.n, 94);
    EXPECT_EQ(failed.worst_case.net_win_rate.n, 100);
    EXPECT_NEAR(*failed.worst_case.net_win_rate.value, -0.06, 1e-12);
    EXPECT_NEAR(*failed.best_case.net_win_rate.value, 0.06, 1e-12);
}

TEST(Decide, FailuresNeverMakeAVariantDegraded) {
    // Nobody saw a difference in 211 pairs.
    const Decision d = of(OutcomeList().ties(211).add(90, OutcomeKind::kInvalid));
    EXPECT_EQ(d.label, DecisionLabel::kInconclusive) << d.why;
    EXPECT_FALSE(d.detectably_worse);
    // Worse even if each failed verdict had been a win.
    const Decision worse = of(OutcomeList().losses(150).ties(30).add(20, OutcomeKind::kInvalid));
    EXPECT_EQ(worse.label, DecisionLabel::kDegraded) << worse.why;
    EXPECT_TRUE(worse.beyond_margin);
    EXPECT_TRUE(says(worse, "20 of 200"));
}

TEST(Decide, ALabelThatHoldsBothWaysStands) {
    const ComparisonAnalysis a = analyse(
        OutcomeList().wins(100).losses(90).ties(1800).add(130, OutcomeKind::kRefused).outcomes, {});
    EXPECT_EQ(a.decision.label, DecisionLabel::kEquivalent) << a.decision.why;
    EXPECT_TRUE(says(a.decision, "this one does"));
}

TEST(Decide, EveryPairOfCasesHasItsLabel) {
    using enum DecisionLabel;
    EXPECT_EQ(label_whatever_failed(kEquivalent, kEquivalent, kEquivalent), kEquivalent);
    EXPECT_EQ(label_whatever_failed(kEquivalent, kEquivalent, kNonInferior), kNonInferior);
    EXPECT_EQ(label_whatever_failed(kNonInferior, kNonInferior, kNonInferior), kNonInferior);
    EXPECT_EQ(label_whatever_failed(kEquivalent, kInconclusive, kEquivalent), kInconclusive);
    EXPECT_EQ(label_whatever_failed(kDegraded, kDegraded, kDegraded), kDegraded);
    EXPECT_EQ(label_whatever_failed(kDegraded, kDegraded, kInconclusive), kInconclusive);
    EXPECT_EQ(label_whatever_failed(kInconclusive, kDegraded, kEquivalent), kInconclusive);
    EXPECT_EQ(label_whatever_failed(kNotMeasured, kDegraded, kEquivalent), kNotMeasured);
}

TEST(Decide, RefusedAndErrorsCountAsFailedToo) {
    // 2 of 30 need-a-call pairs are ERROR would be too many, so most are REFUSED here.
    const OutcomeList list = OutcomeList()
                                 .wins(60)
                                 .losses(10)
                                 .ties(20)
                                 .add(1, OutcomeKind::kError)
                                 .add(9, OutcomeKind::kRefused);
    const ComparisonAnalysis a = analyse(list.outcomes, {});
    EXPECT_TRUE(says(a.decision, "10 of 100"));
    EXPECT_EQ(a.decision.label, DecisionLabel::kNonInferior);
    EXPECT_NEAR(*a.worst_case.net_win_rate.value, 0.4, 1e-12);
}

TEST(Decide, OneClusterIsNotMeasured) {
    OutcomeList list = OutcomeList().wins(50).losses(40);
    for (Outcome& outcome : list.outcomes) {
        outcome.cluster = "the only paper";
    }
    const ComparisonAnalysis a = analyse(list.outcomes, {});
    EXPECT_EQ(a.decision.label, DecisionLabel::kNotMeasured);
    EXPECT_FALSE(a.net_win_rate.value);
    EXPECT_TRUE(says(a.decision, "one cluster"));
    EXPECT_EQ(a.tost.p_tost, 1);
    EXPECT_FALSE(a.tost.smallest_margin);
}

TEST(Decide, DependentVerdictsNeedMoreQuestions) {
    OutcomeList list = OutcomeList().wins(44).losses(48).ties(62);
    const Decision independent = of(list);
    for (std::size_t i = 0; i < list.outcomes.size(); ++i) {
        list.outcomes[i].cluster = fmt::format("p{}", i / 2);
    }
    const ComparisonAnalysis a = analyse(list.outcomes, {});
    ASSERT_TRUE(a.decision.n_more);
    const double total = static_cast<double>(*independent.n_more + 154);
    EXPECT_NEAR(
        static_cast<double>(*a.decision.n_more), total * a.clusters->design_effect_used - 154, 1);
    EXPECT_GT(*a.decision.n_more, *independent.n_more);
}

TEST(Decide, EveryReasonIsASentence) {
    for (const OutcomeList& list : {OutcomeList().wins(150).losses(150).ties(214),
                                    OutcomeList().wins(80).losses(30).ties(44),
                                    OutcomeList().wins(30).losses(80).ties(44),
                                    OutcomeList().wins(4).losses(4),
                                    OutcomeList(),
                                    OutcomeList().ties(94).add(6, OutcomeKind::kInvalid),
                                    OutcomeList().wins(9).add(9, OutcomeKind::kError)}) {
        const ComparisonAnalysis a = analyse(list.outcomes, {});
        for (const Decision& d : {a.decision, a.worst_case.decision, a.best_case.decision}) {
            ASSERT_FALSE(d.why.empty());
            EXPECT_EQ(d.why.back(), '.');
            EXPECT_FALSE(d.why[0] >= 'a' && d.why[0] <= 'z') << d.why;
            EXPECT_EQ(d.why.find("0.05"), std::string::npos) << d.why;
        }
    }
}

}  // namespace
}  // namespace assay::analysis
