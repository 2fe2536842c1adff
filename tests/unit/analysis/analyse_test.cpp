#include "assay/analysis/analyse.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "assay/base/random.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

TEST(Analyse, GivesTheStudysFigures) {
    const ComparisonAnalysis a = analyse(OutcomeList().wins(45).losses(48).ties(61).outcomes, {});
    EXPECT_NEAR(*a.win_rate_decisive.value, 0.484, 5e-4);
    EXPECT_NEAR(*a.win_rate_decisive.low, 0.385, 5e-4);
    EXPECT_NEAR(*a.win_rate_decisive.high, 0.584, 5e-4);
    EXPECT_NEAR(*a.loss_rate_decisive.low, 0.416, 5e-4);
    EXPECT_EQ(a.win_rate_decisive.confidence, 0.95);
    EXPECT_EQ(a.win_rate_decisive.n, 93);
    EXPECT_NEAR(a.sign_test.exact, 0.8358, 5e-5);
    EXPECT_NEAR(a.sign_test.mid_p, 0.7572, 5e-5);
    EXPECT_NEAR(a.sign_test.normal_corrected, 0.8357, 5e-5);
    EXPECT_NEAR(*a.effect_size.abs_2p_minus_1, 3.0 / 93, 1e-12);
    EXPECT_NEAR(*a.effect_size.cohens_h, -0.0323, 5e-5);
    EXPECT_NEAR(*a.mde.decisive_win_rate, 0.149, 5e-4);
    EXPECT_NEAR(*a.mde.net, 0.179, 1e-3);
    EXPECT_EQ(a.mde.method, "exact unconditional sign test");
    EXPECT_NEAR(*a.tost.smallest_margin, 0.1219, 5e-5);
    EXPECT_NEAR(a.tost.p_tost, 0.0984, 5e-5);
    EXPECT_TRUE(a.position);
    EXPECT_FALSE(a.clusters);
}

TEST(Analyse, FromCountsIsTheSameButForWhatCountsDoNotTell) {
    const ComparisonAnalysis a = analyse(OutcomeList().wins(45).losses(48).ties(61).outcomes, {});
    const ComparisonAnalysis b = analyse_counts(45, 48, 61, {});
    EXPECT_EQ(a.net_win_rate.low, b.net_win_rate.low);
    EXPECT_EQ(a.decision.label, b.decision.label);
    EXPECT_EQ(a.decision.n_more, b.decision.n_more);
    EXPECT_FALSE(b.position);
    EXPECT_TRUE(b.confidence.empty());
    EXPECT_FALSE(b.clusters);
    EXPECT_FALSE(b.failure_rate.value);
    EXPECT_FALSE(b.failure_rate.why.empty());
    EXPECT_NE(b.decision.why.find("No controls were given"), std::string::npos);
    EXPECT_EQ(a.decision.why.find("No controls were given"), std::string::npos);
}

TEST(Analyse, TheScoreIsTheNetWinRateAsAShare) {
    const ComparisonAnalysis a = analyse_counts(45, 48, 61, {});
    EXPECT_NEAR(*a.score.value, (45 + 61 / 2.0) / 154, 1e-12);
    EXPECT_NEAR(*a.score.low, (1 + *a.net_win_rate.low) / 2, 1e-12);
    EXPECT_EQ(a.score.confidence, a.net_win_rate.confidence);
    EXPECT_FALSE(analyse_counts(0, 0, 0, {}).score.value);
}

TEST(Analyse, GradedVerdictsHaveAMeanBesideTheDecision) {
    auto outcomes = OutcomeList().wins(40).losses(40).ties(20).outcomes;
    EXPECT_FALSE(analyse(outcomes, {}).graded_net_win_rate);
    for (std::size_t i = 0; i < 40; ++i) {
        outcomes[i].graded = 0.5;
    }
    const ComparisonAnalysis a = analyse(outcomes, {});
    ASSERT_TRUE(a.graded_net_win_rate);
    EXPECT_NEAR(*a.graded_net_win_rate->value, (20 - 40) / 100.0, 1e-12);
    EXPECT_LT(*a.graded_net_win_rate->low, -0.2);
    EXPECT_NEAR(*a.net_win_rate.value, 0, 1e-12) << "the plain verdicts decide";
    std::reverse(outcomes.begin(), outcomes.end());
    EXPECT_EQ(analyse(outcomes, {}).graded_net_win_rate->low, a.graded_net_win_rate->low);
}

TEST(Analyse, FurtherQuestionsOfBothOrdersAreQuestionsNotVerdicts) {
    const auto once = OutcomeList().wins(30).losses(31).ties(40).outcomes;
    std::vector<Outcome> twice = once;
    for (const Outcome& outcome : once) {
        twice.push_back(outcome);
        twice.back().variant_is_a = !outcome.variant_is_a;
    }
    const ComparisonAnalysis a = analyse(once, {}), b = analyse(twice, {});
    ASSERT_EQ(b.decision.label, DecisionLabel::kInconclusive);
    EXPECT_FALSE(b.clusters);
    ASSERT_TRUE(b.questions);
    EXPECT_EQ(b.questions->n, 101);
    EXPECT_EQ(*b.net_win_rate.value, *a.net_win_rate.value);
    EXPECT_NEAR(*b.net_win_rate.low, *a.net_win_rate.low, 0.003)
        << "the second verdict says nothing new; only z becomes t";
    EXPECT_LT(*b.net_win_rate.low, *a.net_win_rate.low);
    EXPECT_NEAR(
        static_cast<double>(*b.decision.n_more), static_cast<double>(*a.decision.n_more), 15);
    EXPECT_NE(b.win_rate_decisive.method.find("as if the verdicts were independent"),
              std::string::npos);
    EXPECT_EQ(a.win_rate_decisive.method, "Wilson score interval");
    EXPECT_EQ(b.both_orders->n, 101);
    EXPECT_EQ(b.both_orders->n_flipped, 0);
    EXPECT_FALSE(a.both_orders);
}

TEST(Analyse, OfNothingHasNullsWithReasons) {
    for (const ComparisonAnalysis& a : {analyse({}, {}), analyse_counts(0, 0, 0, {})}) {
        EXPECT_FALSE(a.win_rate_decisive.value);
        EXPECT_FALSE(a.win_rate_decisive.why.empty());
        EXPECT_FALSE(a.net_win_rate.value);
        EXPECT_FALSE(a.net_win_rate.why.empty());
        EXPECT_FALSE(a.failure_rate.value);
        EXPECT_FALSE(a.mde.net);
        EXPECT_FALSE(a.mde.why.empty());
        EXPECT_FALSE(a.effect_size.cohens_h);
        EXPECT_FALSE(a.tost.smallest_margin);
        EXPECT_EQ(a.sign_test.exact, 1);
        EXPECT_EQ(a.decision.label, DecisionLabel::kNotMeasured);
        EXPECT_EQ(a.worst_case.decision.label, DecisionLabel::kNotMeasured);
    }
}

TEST(Analyse, OfAllTiesHasNoDecisiveRateButAnInterval) {
    const ComparisonAnalysis a = analyse_counts(0, 0, 20, {});
    EXPECT_FALSE(a.win_rate_decisive.value);
    EXPECT_NE(a.win_rate_decisive.why.find("only ties"), std::string::npos);
    EXPECT_EQ(*a.net_win_rate.value, 0);
    EXPECT_NEAR(*a.net_win_rate.high, 0.1192, 5e-5);
    EXPECT_EQ(a.decision.label, DecisionLabel::kInconclusive);
    EXPECT_EQ(analyse_counts(0, 0, 40, {}).decision.label, DecisionLabel::kEquivalent);
}

TEST(Analyse, TooFewDecisiveOnesHaveNoDetectableEffectAndSayWhy) {
    const ComparisonAnalysis a = analyse_counts(3, 2, 100, {});
    EXPECT_FALSE(a.mde.decisive_win_rate);
    EXPECT_FALSE(a.mde.net);
    EXPECT_NE(a.mde.why.find("5 decided of 105"), std::string::npos);
}

TEST(Analyse, SwappingWinsAndLossesMirrors) {
    Rng rng(20);
    for (int i = 0; i < 120; ++i) {
        const auto w = static_cast<std::int64_t>(rng.below(60)),
                   l = static_cast<std::int64_t>(rng.below(60));
        const auto t = static_cast<std::int64_t>(rng.below(60));
        const ComparisonAnalysis a = analyse_counts(w, l, t, {}), b = analyse_counts(l, w, t, {});
        if (w + l + t == 0) {
            continue;
        }
        EXPECT_EQ(*a.net_win_rate.low, -*b.net_win_rate.high);
        EXPECT_EQ(*a.net_win_rate.value, -*b.net_win_rate.value);
        EXPECT_EQ(a.win_rate_decisive.value, b.loss_rate_decisive.value);
        EXPECT_EQ(a.sign_test.exact, b.sign_test.exact);
        EXPECT_EQ(a.mde.net, b.mde.net);
        EXPECT_EQ(a.tost.p_lower, b.tost.p_upper);
        EXPECT_EQ(a.decision.detectably_worse, b.decision.detectably_better);
        EXPECT_EQ(a.decision.label == DecisionLabel::kEquivalent,
                  b.decision.label == DecisionLabel::kEquivalent);
        EXPECT_LE(*a.net_win_rate.low, *a.net_win_rate.value);
        EXPECT_GE(*a.net_win_rate.high, *a.net_win_rate.value);
    }
}

TEST(Analyse, EquivalentExactlyWhenTheTestIsBelowAlphaWithClustersToo) {
    Rng rng(21);
    for (int i = 0; i < 60; ++i) {
        OutcomeList list;
        list.wins(static_cast<int>(rng.below(80)))
            .losses(static_cast<int>(rng.below(80)))
            .ties(40 + static_cast<int>(rng.below(200)));
        rng.shuffle(std::span<Outcome>(list.outcomes));
        if (i % 2 == 0) {
            for (Outcome& outcome : list.outcomes) {
                outcome.cluster = fmt::format("c{}", rng.below(200));  // of few the exact test
                                                                       // decides, too
            }
        }
        const ComparisonAnalysis a = analyse(list.outcomes, {.margin = 0.12, .alpha = 0.04});
        EXPECT_EQ(a.clusters.has_value(), i % 2 == 0);
        EXPECT_EQ(a.decision.label == DecisionLabel::kEquivalent, a.tost.p_tost < 0.04);
        EXPECT_NEAR(*a.tost.smallest_margin,
                    std::max(std::abs(*a.net_win_rate.low), std::abs(*a.net_win_rate.high)),
                    1e-12);
    }
}

TEST(Analyse, DoesNotDependOnTheOrderOfTheOutcomes) {
    OutcomeList list = OutcomeList().wins(31).losses(29).ties(40).identical(10).add(
        2, OutcomeKind::kInvalid);
    for (std::size_t i = 0; i < list.outcomes.size(); ++i) {
        list.outcomes[i].cluster = fmt::format("c{}", i % 23);
    }
    const ComparisonAnalysis a = analyse(list.outcomes, {});
    Rng rng(22);
    rng.shuffle(std::span<Outcome>(list.outcomes));
    const ComparisonAnalysis b = analyse(list.outcomes, {});
    EXPECT_EQ(a.net_win_rate.low, b.net_win_rate.low);
    EXPECT_EQ(a.clusters->p_sign_flip, b.clusters->p_sign_flip);
    EXPECT_EQ(a.decision.why, b.decision.why);
    EXPECT_EQ(a.position->bias.value, b.position->bias.value);
}

TEST(Analyse, DependentComparisonsDetectLess) {
    OutcomeList list = OutcomeList().wins(44).losses(48).ties(62);
    const ComparisonAnalysis plain = analyse(list.outcomes, {});
    for (std::size_t i = 0; i < list.outcomes.size(); ++i) {
        list.outcomes[i].cluster = fmt::format("p{}", i / 2);
    }
    const ComparisonAnalysis clustered = analyse(list.outcomes, {});
    EXPECT_GT(*clustered.mde.net, *plain.mde.net);
    EXPECT_GT(*clustered.mde.decisive_win_rate, *plain.mde.decisive_win_rate);
    EXPECT_NE(clustered.mde.method.find("design effect"), std::string::npos);
    EXPECT_GT(*clustered.tost.smallest_margin, *plain.tost.smallest_margin);
}

TEST(Analyse, TheFailureRateIsAmongWhatWasSettled) {
    const ComparisonAnalysis a = analyse(OutcomeList()
                                             .ties(90)
                                             .add(4, OutcomeKind::kInvalid)
                                             .add(6, OutcomeKind::kRefused)
                                             .add(3, OutcomeKind::kNoAnswerBaseline)
                                             .outcomes,
                                         {});
    EXPECT_NEAR(*a.failure_rate.value, 0.1, 1e-12);
    EXPECT_EQ(a.failure_rate.n, 100);
    EXPECT_LT(*a.failure_rate.low, 0.1);
}

TEST(Analyse, MissingAnswersAreLossesInTheWorstCaseAndWinsInTheBest) {
    const ComparisonAnalysis a = analyse(
        OutcomeList().ties(96).add(4, OutcomeKind::kNoAnswerBaseline).outcomes, {});
    EXPECT_EQ(*a.net_win_rate.value, 0);
    EXPECT_NEAR(*a.worst_case.net_win_rate.value, -0.04, 1e-12);
    EXPECT_NEAR(*a.best_case.net_win_rate.value, 0.04, 1e-12);
}

TEST(Analyse, AnEarlyStopDoesNotHideThatAnswersAreMissing) {
    // Questions without an answer have no place in the order of judging: they come at its end.
    std::vector<Outcome> order = OutcomeList().losses(200).outcomes;
    const AnalysisSettings settings{.stopping = "hybrid"};
    const auto decided = [&](int n_missing) {
        std::vector<Outcome> all = order;
        OutcomeList missing;
        for (Outcome& outcome : missing.add(n_missing, OutcomeKind::kNoAnswerBaseline).outcomes) {
            outcome.question_id = "missing " + outcome.question_id;
            all.push_back(outcome);
        }
        return analyse_in_order(all, {static_cast<std::int64_t>(all.size()), false}, settings);
    };
    const ComparisonAnalysis few = decided(8), many = decided(20);
    ASSERT_TRUE(few.stopping->stopped_early && many.stopping->stopped_early);
    EXPECT_EQ(few.decision.label, DecisionLabel::kDegraded);
    EXPECT_EQ(many.decision.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(many.decision.why.find("20 of 220 comparisons are left out"), std::string::npos)
        << many.decision.why;
}

TEST(Analyse, HoldsForAMillion) {
    for (const auto& [w, l, t] : {std::array<std::int64_t, 3>{1'000'000, 0, 0},
                                  {0, 0, 1'000'000},
                                  {500'000, 500'001, 3},
                                  {1, 0, 999'999}}) {
        const ComparisonAnalysis a = analyse_counts(w, l, t, {});
        EXPECT_TRUE(std::isfinite(*a.net_win_rate.low) && std::isfinite(*a.net_win_rate.high));
        EXPECT_GE(a.sign_test.exact, 0);
        EXPECT_LE(a.sign_test.exact, 1);
    }
    EXPECT_EQ(analyse_counts(500'000, 500'001, 3, {}).mde.method.rfind("normal approximation", 0),
              0u);
}

TEST(Analyse, RefusesSettingsOutOfRangeAsABug) {
    EXPECT_THROW((void)analyse_counts(1, 1, 1, {.margin = 0}), std::logic_error);
    EXPECT_THROW((void)analyse_counts(1, 1, 1, {.alpha = 0.5}), std::logic_error);
    EXPECT_THROW((void)analyse_counts(1, 1, 1, {.power = 0.01}), std::logic_error);
    EXPECT_THROW((void)analyse_counts(-1, 1, 1, {}), std::logic_error);
}

}  // namespace
}  // namespace assay::analysis
