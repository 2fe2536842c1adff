#include "assay/analysis/panel_mean.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/companions.hpp"
#include "assay/analysis/position.hpp"
#include "assay/stats/these_questions.hpp"

namespace assay::analysis {
namespace {

constexpr OutcomeKind kWin = OutcomeKind::kWin, kTie = OutcomeKind::kTie,
                      kLoss = OutcomeKind::kLoss, kInvalid = OutcomeKind::kInvalid,
                      kNotJudged = OutcomeKind::kNotJudged;

/// One verdict of a panel's judge.
Outcome said(int question, int judge, OutcomeKind kind, bool variant_is_a = true, int sample = 0) {
    Outcome out;
    out.question_id = fmt::format("q{:04}", question);
    out.judge = judge;
    out.kind = kind;
    out.variant_is_a = variant_is_a;
    out.sample = sample;
    return out;
}

double mean_of(const std::vector<Outcome>& one_question, Failed failed = Failed::kLeftOut) {
    const Evidence evidence = evidence_of(one_question, failed);
    EXPECT_EQ(evidence.questions.values.size(), 1u);
    return evidence.questions.values.front().value;
}

TEST(PanelMean, AJudgeAskedInBothOrdersWeighsAsMuchAsOneAskedInOne) {
    EXPECT_EQ(mean_of({said(1, 0, kWin), said(1, 1, kLoss), said(1, 1, kLoss, false)}), 0)
        << "not -1/3, the mean of the three";
    EXPECT_EQ(mean_of({said(1, 0, kWin), said(1, 1, kWin), said(1, 1, kTie, false)}), 0.75);
    EXPECT_EQ(
        mean_of({said(1, 0, kLoss), said(1, 1, kTie), said(1, 2, kWin), said(1, 2, kTie, false)}),
        -0.5 / 3);
}

TEST(PanelMean, AFailedVerdictIsNotMadeUpForByTheOtherJudges) {
    // Judge 1 gave one of its two orders: it still weighs one half.
    EXPECT_EQ(mean_of({said(1, 0, kWin),
                       said(1, 0, kWin, false),
                       said(1, 1, kLoss),
                       said(1, 1, kInvalid, false)}),
              0);
    // Judge 1 gave none: the question is what judge 0 says of it.
    EXPECT_EQ(mean_of({said(1, 0, kWin), said(1, 1, kInvalid)}), 1);
    // As a loss it has its judge's weight: (1 + (-1 - 1) / 2) / 2.
    EXPECT_EQ(mean_of({said(1, 0, kWin),
                       said(1, 0, kWin, false),
                       said(1, 1, kLoss),
                       said(1, 1, kInvalid, false)},
                      Failed::kLosses),
              0);
    EXPECT_EQ(mean_of({said(1, 0, kWin), said(1, 1, kInvalid)}, Failed::kLosses), 0);
    EXPECT_EQ(mean_of({said(1, 0, kWin), said(1, 1, kInvalid)}, Failed::kWins), 1);
}

TEST(PanelMean, AQuestionCountsIfHalfOfItsCallsAndHalfOfItsJudgesHaveAVerdict) {
    // Two of four calls, but one judge of three.
    const std::vector<Outcome> one_of_three{
        said(1, 0, kWin), said(1, 0, kWin, false), said(1, 1, kInvalid), said(1, 2, kInvalid)};
    EXPECT_EQ(evidence_of(one_of_three, Failed::kLeftOut).n_questions, 0);
    EXPECT_EQ(evidence_of(one_of_three, Failed::kLeftOut).n_left_out, 1);
    EXPECT_EQ(evidence_of(one_of_three, Failed::kLosses).n_questions, 1);
    // Two judges of three.
    EXPECT_EQ(evidence_of(std::vector{said(1, 0, kWin), said(1, 1, kTie), said(1, 2, kInvalid)},
                          Failed::kLeftOut)
                  .n_questions,
              1);
    // Judges that were not asked yet are judges that said nothing.
    EXPECT_EQ(
        evidence_of(std::vector{said(1, 0, kWin), said(1, 1, kNotJudged), said(1, 2, kNotJudged)},
                    Failed::kLeftOut)
            .n_questions,
        0);
}

TEST(PanelMean, OfSamplesIsTheMeanOverSamplesOfTheMeansOverJudges) {
    // Sample 0: (1 + -1) / 2; sample 1: judge 1 failed, so 1.
    EXPECT_EQ(mean_of({said(1, 0, kWin),
                       said(1, 1, kLoss),
                       said(1, 0, kWin, false, 1),
                       said(1, 1, kInvalid, false, 1)}),
              0.5);
}

/// `n` questions by three judges, the last in both orders; `failed`: the share of verdicts that
/// failed.
std::vector<Outcome> drawn(int n, double failed, unsigned seed) {
    std::mt19937 random(seed);
    std::uniform_real_distribution<double> u(0, 1);
    const auto kind = [&](double bias) {
        const double x = u(random);
        if (u(random) < failed) {
            return kInvalid;
        }
        if (x < 0.3 + bias) {
            return kWin;
        }
        return x < 0.6 ? kTie : kLoss;
    };
    std::vector<Outcome> out;
    for (int q = 0; q < n; ++q) {
        out.push_back(said(q, 0, kind(0.1), q % 2 == 0));
        out.push_back(said(q, 1, kind(-0.1), q % 2 == 0));
        out.push_back(said(q, 2, kind(0), true));
        out.push_back(said(q, 2, kind(0), false));
    }
    return out;
}

std::vector<Outcome> of_judge(const std::vector<Outcome>& outcomes, int judge) {
    std::vector<Outcome> out;
    for (Outcome each : outcomes) {
        if (each.judge == judge) {
            each.judge = 0;
            out.push_back(each);
        }
    }
    return out;
}

TEST(PanelMean, ThePanelsNetIsTheMeanOfItsJudgesNets) {
    for (unsigned seed = 1; seed <= 20; ++seed) {
        const std::vector<Outcome> outcomes = drawn(150, 0, seed);
        double sum = 0;
        for (int judge = 0; judge < 3; ++judge) {
            sum += *analyse(of_judge(outcomes, judge), AnalysisSettings()).net_win_rate.value;
        }
        const ComparisonAnalysis panel = analyse(outcomes, AnalysisSettings());
        EXPECT_NEAR(*panel.net_win_rate.value, sum / 3, 1e-12) << seed;
        EXPECT_EQ(panel.net_win_rate.n, 150) << "questions, not verdicts";
        EXPECT_EQ(panel.counts.n, 600);
        EXPECT_NE(panel.net_win_rate.method.find("question score"), std::string::npos);
    }
}

TEST(PanelMean, NeitherTheOrderOfTheOutcomesNorOfTheJudgesMatters) {
    const std::vector<Outcome> outcomes = drawn(60, 0.03, 7);
    std::vector<Outcome> other = outcomes;
    std::shuffle(other.begin(), other.end(), std::mt19937(3));
    const ComparisonAnalysis a = analyse(outcomes, AnalysisSettings()),
                             b = analyse(other, AnalysisSettings());
    EXPECT_EQ(a.net_win_rate.value, b.net_win_rate.value);
    EXPECT_EQ(a.net_win_rate.low, b.net_win_rate.low);
    EXPECT_EQ(a.decision.why, b.decision.why);
    for (Outcome& each : other) {
        each.judge = 2 - each.judge;
    }
    EXPECT_NEAR(
        *analyse(other, AnalysisSettings()).net_win_rate.value, *a.net_win_rate.value, 1e-12);
}

TEST(PanelMean, SwappingWinsAndLossesTurnsTheIntervalRound) {
    std::vector<Outcome> outcomes = drawn(80, 0.02, 11);
    const ComparisonAnalysis a = analyse(outcomes, AnalysisSettings());
    for (Outcome& each : outcomes) {
        if (each.kind == kWin || each.kind == kLoss) {
            each.kind = each.kind == kWin ? kLoss : kWin;
        }
    }
    const ComparisonAnalysis b = analyse(outcomes, AnalysisSettings());
    EXPECT_NEAR(*a.net_win_rate.low, -*b.net_win_rate.high, 1e-9);
    EXPECT_NEAR(*a.net_win_rate.high, -*b.net_win_rate.low, 1e-9);
}

TEST(PanelMean, ACopyOfAJudgeChangesOnlyTheQuantile) {
    // The interval of one judge, and of a panel of that judge and its copy: more verdicts, not more
    // evidence.
    std::vector<Outcome> one = of_judge(drawn(120, 0, 5), 0), two = one;
    for (Outcome each : one) {
        each.judge = 1;
        two.push_back(each);
    }
    const ComparisonAnalysis a = analyse(one, AnalysisSettings()),
                             b = analyse(two, AnalysisSettings());
    EXPECT_EQ(a.net_win_rate.value, b.net_win_rate.value);
    EXPECT_LE(*b.net_win_rate.low, *a.net_win_rate.low);
    EXPECT_NEAR(*b.net_win_rate.low, *a.net_win_rate.low, 0.002);
}

TEST(PanelMean, WhatWouldChangeTheDecisionIsFoundWithUnequalWeights) {
    const std::vector<Outcome> outcomes = drawn(150, 0.02, 9);
    ComparisonAnalysis panel = analyse(outcomes, AnalysisSettings());
    add_companions(panel, outcomes, Dependence(outcomes), AnalysisSettings());
    ASSERT_TRUE(panel.companions);
    EXPECT_EQ(panel.companions->outlook.flips.size(), 4u);
}

TEST(PanelMean, BothOrdersAreOfOneJudge) {
    const std::vector<Outcome> outcomes{
        said(1, 0, kWin), said(1, 1, kLoss, false), said(2, 0, kWin), said(2, 1, kLoss, false)};
    EXPECT_FALSE(both_orders_of(outcomes, Dependence(outcomes)))
        << "two judges that differ are no verdict that flipped";
    const std::vector<Outcome> more = drawn(10, 0, 1);
    EXPECT_EQ(both_orders_of(more, Dependence(more))->n, 10) << "of judge 2 alone";
}

TEST(PanelMean, TheseQuestionsNeedBothOrdersOfEachJudge) {
    const std::vector<Outcome> outcomes = drawn(40, 0, 2);
    EXPECT_FALSE(analyse(outcomes, AnalysisSettings()).these_questions)
        << "with judge 2 alone it would be another panel's";
    std::vector<Outcome> both;
    std::vector<std::vector<stats::VerdictsOfOrders>> orders;
    for (int q = 0; q < 30; ++q) {
        both.push_back(said(q, 0, kWin));
        both.push_back(said(q, 0, q % 3 == 0 ? kLoss : kWin, false));
        both.push_back(said(q, 1, kTie));
        both.push_back(said(q, 1, q % 2 == 0 ? kLoss : kTie, false));
        orders.push_back({{1, q % 3 == 0 ? -1.0 : 1.0}, {0, q % 2 == 0 ? -1.0 : 0.0}});
    }
    const auto found = analyse(both, AnalysisSettings()).these_questions;
    ASSERT_TRUE(found);
    const auto expected = stats::these_questions_of_orders(orders, 0.05);
    EXPECT_NEAR(*found->value, expected->estimate, 1e-12);
    EXPECT_NEAR(*found->low, expected->low, 1e-12);
}

TEST(PanelMean, TheExactTestOfFewQuestionsWeighsJudgesAlike) {
    // Judge 0 lets 8 of 24 questions lose; judge 1 is asked in both orders and calls all ties.
    std::vector<Outcome> outcomes;
    for (int q = 0; q < 24; ++q) {
        outcomes.push_back(said(q, 0, q < 8 ? kLoss : kTie));
        outcomes.push_back(said(q, 1, kTie));
        outcomes.push_back(said(q, 1, kTie, false));
    }
    std::vector<Outcome> unweighted = outcomes;
    for (Outcome& each : unweighted) {
        each.judge = 0;
    }
    const ComparisonAnalysis panel = analyse(outcomes, AnalysisSettings()),
                             plain = analyse(unweighted, AnalysisSettings());
    EXPECT_DOUBLE_EQ(*panel.net_win_rate.value, -8.0 / 48);
    EXPECT_DOUBLE_EQ(*plain.net_win_rate.value, -8.0 / 72);
    ASSERT_TRUE(panel.small_sample && plain.small_sample);
    EXPECT_GT(panel.small_sample->p_not_worse, plain.small_sample->p_not_worse)
        << "the verdicts of judge 1 do not drown those of judge 0";
}

TEST(PanelMean, OneJudgeIsNoPanel) {
    const std::vector<Outcome> outcomes = of_judge(drawn(10, 0.2, 3), 2);
    EXPECT_FALSE(is_of_panel(outcomes));
    for (const QuestionVerdicts& each :
         verdicts_by_question(outcomes, Dependence(outcomes), Failed::kLeftOut)) {
        EXPECT_FALSE(each.panel_mean);
        EXPECT_TRUE(each.enough_judges);
    }
}

}  // namespace
}  // namespace assay::analysis
