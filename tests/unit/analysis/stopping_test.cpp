#include "assay/analysis/stopping.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <optional>
#include <string>
#include <vector>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/small_sample.hpp"
#include "assay/base/random.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

using Kind = OutcomeKind;

JudgingPlan plan_of(const std::vector<Outcome>& order) {
    return {.n_planned = static_cast<std::int64_t>(order.size())};
}

Stopping stopping(const std::vector<Outcome>& order, const AnalysisSettings& settings = {}) {
    return stopping_of(order, plan_of(order), settings);
}

ComparisonAnalysis analysis(const std::vector<Outcome>& order,
                            const AnalysisSettings& settings = {}) {
    return analyse_in_order(order, plan_of(order), settings);
}

std::vector<Outcome> losses(int n) {
    return OutcomeList().losses(n).outcomes;
}

/// How many losses in a row it takes.
std::int64_t n_losses_to_stop() {
    static const std::int64_t n = stopping(losses(300)).state().n_leading;
    return n;
}

void put_in_clusters_of(std::vector<Outcome>& order, std::size_t size) {
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i].cluster = fmt::format("paper {}", i / size);
    }
}

JudgingPlan plan_with_look(const std::vector<Outcome>& order,
                           int n_samples,
                           const std::optional<TakenLook>& look) {
    JudgingPlan out = plan_of(order);
    out.n_samples = n_samples;
    out.looks_at_samples = true;
    out.look = look;
    return out;
}

TEST(Stopping, ALookAtSamplesLeavesAFifthOfAlphaUntilAllThatItAskedForIsJudged) {
    std::vector<Outcome> order = OutcomeList().ties(40).outcomes;
    TakenLook stops, goes_on;
    stops.stopped = true;
    stops.label = DecisionLabel::kEquivalent;
    goes_on.n_samples = 4;
    const auto tail = [&](int n_samples, const std::optional<TakenLook>& look) {
        return stopping_of(order, plan_with_look(order, n_samples, look), {}).tail();
    };
    EXPECT_NEAR(tail(2, std::nullopt), 0.01, 1e-12) << "the look is still to come";
    EXPECT_NEAR(tail(2, stops), 0.01, 1e-12);
    EXPECT_NEAR(tail(2, goes_on), 0.01, 1e-12) << "the others are not asked for yet";
    EXPECT_NEAR(tail(4, goes_on), 0.04, 1e-12);
    order.back().kind = Kind::kNotJudged;
    EXPECT_NEAR(tail(4, goes_on), 0.01, 1e-12) << "one is missing";
    EXPECT_FALSE(stopping_of(order, plan_with_look(order, 4, goes_on), {}).state().stopped);
}

TEST(Stopping, BeforeALookAtSamplesAndUntilAllThatItAskedForIsJudgedNothingIsDecided) {
    std::vector<Outcome> order = OutcomeList().ties(400).wins(2).losses(2).outcomes;
    TakenLook stops, goes_on;
    stops.stopped = true;
    goes_on.n_samples = 4;
    const auto label = [&](const JudgingPlan& plan) {
        return analyse_in_order(order, plan, {}).decision.label;
    };
    const auto kNothing = DecisionLabel::kNotMeasured, kAlike = DecisionLabel::kEquivalent;
    EXPECT_EQ(label(plan_with_look(order, 2, std::nullopt)), kNothing);
    JudgingPlan looking = plan_with_look(order, 2, std::nullopt);
    looking.is_looking = true;
    EXPECT_EQ(label(looking), kAlike);
    EXPECT_EQ(label(plan_with_look(order, 2, stops)), kAlike);
    EXPECT_EQ(label(plan_with_look(order, 2, goes_on)), kNothing);
    EXPECT_EQ(label(plan_with_look(order, 4, goes_on)), kAlike);
    order.front().kind = Kind::kNotJudged;
    EXPECT_EQ(label(plan_with_look(order, 4, goes_on)), kNothing) << "one is missing";
}

TEST(Stopping, OfNothingOrOfAFewIsNotStopped) {
    EXPECT_FALSE(stopping({}).state().stopped);
    EXPECT_EQ(stopping({}).state().n_leading, 0);
    const Stopping few = stopping(losses(5));
    EXPECT_FALSE(few.state().stopped);
    EXPECT_EQ(few.state().n_taken, 5);
    EXPECT_EQ(few.state().n_leading, 5);
}

TEST(Stopping, StopsAsDegradedWhenEverythingIsLostAndLeavesTheRestOut) {
    const Stopping stopped = stopping(losses(300));
    EXPECT_TRUE(stopped.state().stopped);
    EXPECT_EQ(stopped.state().n_leading, kIntervalAlone) << "not before";
    EXPECT_EQ(stopped.state().n_taken, stopped.state().n_leading);
    EXPECT_EQ(stopped.monitor().decision()->region, stats::Region::kDegraded);
    EXPECT_NEAR(stopped.tail(), 0.01, 1e-15);
    EXPECT_EQ(stopped.summary().design, "hybrid");
    EXPECT_EQ(stopped.summary().n_planned, 300);
    EXPECT_EQ(stopped.summary().n_used, stopped.state().n_leading);
    EXPECT_EQ(stopped.summary().looks, stopped.state().n_leading);
    EXPECT_NEAR(stopped.summary().alpha_spent, 0.01, 1e-15);
    EXPECT_NE(stopped.summary().sentence.find("stopped early as degraded, after"),
              std::string::npos);
}

TEST(Stopping, APendingComparisonBlocksAndWhatComesAfterItWaits) {
    std::vector<Outcome> order = losses(300);
    order[10].kind = Kind::kNotJudged;
    Stopping waiting = stopping(order);
    EXPECT_FALSE(waiting.state().stopped);
    EXPECT_EQ(waiting.state().n_taken, 10);
    EXPECT_FALSE(waiting.push(order[10]));
    EXPECT_NE(
        waiting.summary().sentence.find("10 of 300 planned comparisons are settled without a gap"),
        std::string::npos);
    order[10].kind = Kind::kWin;  // what had waited counts only now, after it
    waiting.advance(order);
    EXPECT_TRUE(waiting.state().stopped);
    EXPECT_EQ(waiting.state().n_leading, n_losses_to_stop());
    EXPECT_EQ(waiting.monitor().decision()->interval.estimate,
              -1 + 2.0 / static_cast<double>(waiting.state().n_leading));
}

TEST(Stopping, AnErrorBlocksUntilItIsSettled) {
    std::vector<Outcome> order = losses(300);
    order[3].kind = Kind::kError;
    Stopping blocked = stopping(order);
    EXPECT_FALSE(blocked.state().stopped);
    EXPECT_EQ(blocked.state().n_taken, 3);
    order[3].kind = Kind::kLoss;
    blocked.advance(order);
    EXPECT_EQ(blocked.state().n_leading, n_losses_to_stop());
}

TEST(Stopping, IsTheSameInWhateverOrderTheVerdictsArrive) {
    const std::vector<Outcome> settled = losses(100);
    for (std::uint64_t seed = 0; seed < 5; ++seed) {
        std::vector<Outcome> known = settled;
        for (Outcome& outcome : known) {
            outcome.kind = Kind::kNotJudged;
        }
        std::vector<std::size_t> arrival(settled.size());
        std::iota(arrival.begin(), arrival.end(), 0);
        Rng(seed).shuffle(std::span(arrival));
        Stopping live(known, plan_of(known), {});
        for (const std::size_t i : arrival) {
            known[i] = settled[i];
            live.advance(known);
        }
        EXPECT_EQ(live.state().n_leading, n_losses_to_stop());
    }
}

TEST(Stopping, InvalidAndRefusedAreSkippedAndCounted) {
    std::vector<Outcome> order = losses(300);
    order[2].kind = Kind::kInvalid;
    Stopping skipping = stopping(order);
    EXPECT_TRUE(skipping.state().stopped);
    EXPECT_EQ(skipping.state().n_leading, kIntervalAlone + 1);
    EXPECT_EQ(skipping.monitor().n_factors(), kIntervalAlone);
    EXPECT_EQ(skipping.monitor().decision()->interval.estimate, -1);
    const ComparisonAnalysis a = analysis(order);
    EXPECT_EQ(a.counts.invalid, 1);
    EXPECT_EQ(a.counts.n, kIntervalAlone);
    EXPECT_EQ(a.decision.label, DecisionLabel::kDegraded);
}

TEST(Stopping, HoldsOffWhileMoreThanFivePercentFailed) {
    std::vector<Outcome> order = losses(300);
    for (std::size_t i = 0; i < order.size(); i += 10) {
        order[i].kind = i % 20 == 0 ? Kind::kRefused : Kind::kInvalid;
    }
    EXPECT_FALSE(stopping(order).state().stopped);
    EXPECT_EQ(analysis(order).decision.label,
              DecisionLabel::kDegraded);  // by the worst case, at the end
}

TEST(Stopping, IdenticalAnswersAreTiesInTheirPlaces) {
    std::vector<Outcome> order = losses(300);
    std::vector<Outcome> later = order;
    for (std::size_t i = 0; i < 30; ++i) {
        order[i].kind = Kind::kTie;
        order[i].identical = true;
    }
    for (std::size_t i = 200; i < 230; ++i) {
        later[i].kind = Kind::kTie;
        later[i].identical = true;
    }
    const Stopping early_ties = stopping(order), late_ties = stopping(later);
    EXPECT_EQ(late_ties.state().n_leading, n_losses_to_stop());
    EXPECT_GT(early_ties.state().n_leading, n_losses_to_stop());
    EXPECT_EQ(early_ties.monitor().n_factors(), early_ties.state().n_leading);
}

TEST(Stopping, DoesNotStopOnIdenticalAnswersAlone) {
    const std::vector<Outcome> order = OutcomeList().identical(400).ties(400).outcomes;
    const Stopping after = stopping(order);
    EXPECT_TRUE(after.state().stopped);
    EXPECT_EQ(after.state().n_leading, 401);
    EXPECT_EQ(analysis(order).decision.label, DecisionLabel::kEquivalent);
    EXPECT_FALSE(stopping(OutcomeList().identical(800).outcomes).state().stopped);
}

TEST(Stopping, AVariantWithoutAnAnswerLosesInItsPlace) {
    std::vector<Outcome> order = OutcomeList().no_answer_variant(300).outcomes;
    EXPECT_EQ(stopping(order).state().n_leading, n_losses_to_stop());
}

TEST(Stopping, ABaselineWithoutAnAnswerIsSkippedAndNoFailure) {
    std::vector<Outcome> order = losses(300);
    for (const std::size_t i : {1, 5}) {
        order[i].kind = Kind::kNoAnswerBaseline;
    }
    const Stopping skipping = stopping(order);
    EXPECT_EQ(skipping.state().n_leading, n_losses_to_stop() + 2);
    EXPECT_EQ(skipping.monitor().n_factors(), n_losses_to_stop());
}

TEST(Stopping, HoldsOffWhileMoreThanFivePercentAreLeftOut) {
    std::vector<Outcome> order = losses(300);
    for (const std::size_t i : {1, 2, 5, 7}) {
        order[i].kind = Kind::kNoAnswerBaseline;
    }
    EXPECT_EQ(stopping(order).state().n_leading, 80) << "4 of 80 are 5 %";
}

TEST(Stopping, AClusterIsOneFactorOnceAllOfItIsSettled) {
    std::vector<Outcome> order = losses(500);
    put_in_clusters_of(order, 5);
    const Stopping whole = stopping(order);
    EXPECT_TRUE(whole.state().stopped);
    EXPECT_EQ(whole.state().n_leading, 5 * n_losses_to_stop());
    EXPECT_EQ(whole.monitor().n_factors(), n_losses_to_stop());
    // The last comparison of the deciding cluster is not there yet.
    const auto last = static_cast<std::size_t>(whole.state().n_leading - 1);
    order[last].kind = Kind::kNotJudged;
    Stopping incomplete = stopping(order);
    EXPECT_FALSE(incomplete.state().stopped);
    EXPECT_EQ(incomplete.monitor().n_factors(), n_losses_to_stop() - 1);
    order[last].kind = Kind::kRefused;  // settled without a value: the mean of the other four
    incomplete.advance(order);
    EXPECT_TRUE(incomplete.state().stopped);
    EXPECT_EQ(incomplete.monitor().n_factors(), n_losses_to_stop());
}

TEST(Stopping, BothOrdersOfAQuestionAreOneFactorWithTheirMean) {
    std::vector<Outcome> order = losses(600);
    for (std::size_t i = 0; i < order.size(); ++i) {
        order[i].question_id = fmt::format("q{:05}", i / 2);
        if (i % 2 == 1) {
            order[i].kind = Kind::kTie;
        }
    }
    const Stopping both = stopping(order);
    ASSERT_TRUE(both.state().stopped);
    EXPECT_EQ(both.state().n_leading, 2 * both.monitor().n_factors());
    EXPECT_EQ(both.monitor().decision()->interval.estimate, -0.5);
    const auto factors = factors_of(
        std::span(order).first(static_cast<std::size_t>(both.state().n_leading)), Failed::kLeftOut);
    ASSERT_EQ(factors.size(), 1u);
    EXPECT_EQ(factors[0].value, -0.5);
    EXPECT_EQ(factors[0].count, both.monitor().n_factors());
}

TEST(Stopping, IsRefusedWhereAClusterDoesNotStandTogether) {
    std::vector<Outcome> order = losses(300);
    put_in_clusters_of(order, 5);
    std::swap(order[2], order[290]);
    const Stopping refused = stopping(order);
    EXPECT_FALSE(refused.state().stopped);
    EXPECT_EQ(refused.state().n_taken, 300);
    EXPECT_NE(refused.state().refused.find("cluster \"paper 0\""), std::string::npos);
    EXPECT_EQ(refused.summary().sentence, refused.state().refused);
    EXPECT_EQ(refused.summary().design, "none");
    // nothing was ever looked at
    EXPECT_NEAR(analysis(order).net_win_rate.confidence, 0.90, 1e-12);
    std::vector<Outcome> twice = losses(300);
    twice[200].question_id = "q00000";
    EXPECT_NE(stopping(twice).state().refused.find("question \"q00000\""), std::string::npos);
}

TEST(Stopping, IsRefusedForAnExtendedRunWhichKeepsTheLevelThatTheLooksLeft) {
    const std::vector<Outcome> order = losses(300);
    const JudgingPlan plan{.n_planned = 200};
    const Stopping refused = stopping_of(order, plan, {});
    EXPECT_FALSE(refused.state().stopped);
    EXPECT_NE(refused.state().refused.find(
                  "200 comparisons were planned when judging began and there are 300 now"),
              std::string::npos);
    const ComparisonAnalysis a = analyse_in_order(order, plan, {});
    EXPECT_EQ(a.counts.n, 300);
    EXPECT_NEAR(a.net_win_rate.confidence, 0.92, 1e-12);
}

TEST(Stopping, IsRefusedForAJudgeThatCostsNothing) {
    const std::vector<Outcome> order = losses(300);
    const JudgingPlan free{.n_planned = 300, .judge_costs_nothing = true};
    const ComparisonAnalysis a = analyse_in_order(order, free, {}), b = analyse(order, {});
    EXPECT_EQ(a.counts.n, 300);
    EXPECT_EQ(a.net_win_rate.low, b.net_win_rate.low);
    EXPECT_EQ(a.net_win_rate.confidence, b.net_win_rate.confidence);
    EXPECT_EQ(a.decision.why, b.decision.why);
    ASSERT_TRUE(a.stopping);
    EXPECT_EQ(a.stopping->design, "none");
    EXPECT_NE(a.stopping->sentence.find("costs nothing"), std::string::npos);
    EXPECT_FALSE(b.stopping);
}

TEST(Stopping, WithoutADesignJudgesEverythingAtAlpha) {
    const ComparisonAnalysis a = analysis(losses(300), {.stopping = "none"});
    EXPECT_EQ(a.counts.n, 300);
    EXPECT_NEAR(a.net_win_rate.confidence, 0.90, 1e-12);
    EXPECT_FALSE(a.stopping->stopped_early);
    EXPECT_EQ(a.stopping->alpha_spent, 0.05);
}

TEST(AnalyseInOrder, AfterAnEarlyStopIsAboutTheLeadingComparisonsByTheConfidenceSequence) {
    std::vector<Outcome> order = losses(300);
    order[290].kind = Kind::kNoAnswerBaseline;
    order[291].kind = Kind::kInvalid;
    order[292].kind = Kind::kError;
    order[293].kind = Kind::kTie;
    order[293].identical = true;
    order[294].kind = Kind::kNotJudged;
    const ComparisonAnalysis a = analysis(order);
    const std::int64_t n = n_losses_to_stop();
    EXPECT_EQ(a.counts.n_items, 300);
    EXPECT_EQ(a.counts.n, n);
    EXPECT_EQ(a.counts.losses, n);
    EXPECT_EQ(a.counts.no_answer_baseline, 1);
    EXPECT_EQ(a.counts.not_judged, 300 - n - 1);
    EXPECT_EQ(a.counts.invalid + a.counts.errors + a.counts.identical, 0);
    EXPECT_EQ(a.decision.label, DecisionLabel::kDegraded);
    EXPECT_EQ(a.decision.alpha, 0.05);
    EXPECT_EQ(a.net_win_rate.n, n);
    EXPECT_EQ(*a.net_win_rate.value, -1);
    EXPECT_NEAR(a.net_win_rate.confidence, 0.98, 1e-12);
    const stats::Interval expected = stats::confidence_sequence({0, 0, n}, 0.98);
    EXPECT_NEAR(*a.net_win_rate.high, expected.high, 1e-12);
    EXPECT_NE(a.net_win_rate.method.find("confidence sequence"), std::string::npos);
    EXPECT_NE(a.decision.why.find("The 98 % interval"), std::string::npos);
    EXPECT_EQ(a.tost.p_lower, 1);
    EXPECT_EQ(*a.tost.smallest_margin, 1);
    EXPECT_EQ(a.loss_rate_decisive.n, n);
    ASSERT_TRUE(a.stopping);
    EXPECT_TRUE(a.stopping->stopped_early);
    EXPECT_EQ(a.stopping->n_used, n);
}

TEST(AnalyseInOrder, AfterAnEarlyStopTheWorstCaseIsTheConfidenceSequenceWithFailuresLost) {
    std::vector<Outcome> order = OutcomeList().ties(900).outcomes;
    order[30].kind = Kind::kInvalid;
    const ComparisonAnalysis a = analysis(order);
    ASSERT_TRUE(a.stopping->stopped_early);
    const std::int64_t ties = a.counts.ties;
    const stats::Interval worst = stats::confidence_sequence({0, ties, 1}, 0.98);
    EXPECT_NEAR(*a.worst_case.net_win_rate.low, worst.low, 1e-12);
    EXPECT_LT(*a.worst_case.net_win_rate.low, *a.net_win_rate.low);
    EXPECT_LE(a.tost.p_tost, 0.01);
    EXPECT_EQ(*a.tost.smallest_margin, std::max(-*a.net_win_rate.low, *a.net_win_rate.high));
    EXPECT_EQ(analysis(OutcomeList().ties(900).outcomes).worst_case.decision.label,
              DecisionLabel::kEquivalent);
}

TEST(AnalyseInOrder, AtTheEndOfAHybridTheIntervalHasTheLevelThatTheLooksLeft) {
    std::vector<Outcome> order = OutcomeList().wins(45).losses(48).ties(61).outcomes;
    Rng(5).shuffle(std::span(order));
    const ComparisonAnalysis a = analysis(order), fixed = analyse(order, {.alpha = 0.04});
    EXPECT_FALSE(a.stopping->stopped_early);
    EXPECT_NEAR(a.net_win_rate.confidence, 0.92, 1e-12);
    EXPECT_EQ(a.net_win_rate.low, fixed.net_win_rate.low);
    EXPECT_EQ(a.net_win_rate.high, fixed.net_win_rate.high);
    EXPECT_EQ(a.decision.n_more, fixed.decision.n_more);
    EXPECT_EQ(a.decision.alpha, 0.05);
    EXPECT_EQ(a.mde.alpha, 0.05);
    EXPECT_EQ(a.stopping->looks, 154);
    EXPECT_NEAR(a.stopping->alpha_spent, 0.05, 1e-15);
    EXPECT_NE(a.stopping->sentence.find("the 92 % interval decides"), std::string::npos);
    // The monitor's own decision is the same.
    const Stopping end = stopping(order);
    EXPECT_EQ(end.monitor().decision()->interval.low, *a.net_win_rate.low);
}

TEST(AnalyseInOrder, WithFewUnsettledOnesAtTheEndUsesAllThatThereIs) {
    std::vector<Outcome> order = OutcomeList().wins(45).losses(48).ties(61).outcomes;
    Rng(5).shuffle(std::span(order));
    order[20].kind = Kind::kError;
    const ComparisonAnalysis a = analysis(order);
    EXPECT_EQ(a.counts.n, 153);
    EXPECT_EQ(a.counts.errors, 1);
    EXPECT_EQ(a.decision.label, DecisionLabel::kInconclusive);
    EXPECT_NEAR(a.net_win_rate.confidence, 0.92, 1e-12);
    for (std::size_t i = 30; i < 60; ++i) {
        order[i].kind = Kind::kNotJudged;
    }
    EXPECT_EQ(analysis(order).decision.label, DecisionLabel::kNotMeasured);
}

TEST(AnalyseInOrder, StopsAGroupSequentialDesignAtALook) {
    const ComparisonAnalysis a = analysis(losses(300), {.stopping = "group-sequential"});
    ASSERT_TRUE(a.stopping->stopped_early);
    EXPECT_EQ(a.counts.n, 60);
    EXPECT_EQ(a.counts.not_judged, 240);
    EXPECT_EQ(a.stopping->looks, 1);
    EXPECT_EQ(a.decision.label, DecisionLabel::kDegraded);
    const double boundary = stats::obrien_fleming_boundaries(0.05, 5)[0];
    EXPECT_NEAR(*a.net_win_rate.high, stats::tango_interval({0, 60, 60}, boundary)->high, 1e-9);
    EXPECT_GT(a.net_win_rate.confidence, 0.9999);
    EXPECT_NE(a.net_win_rate.method.find("O'Brien-Fleming boundary of look 1 of 5"),
              std::string::npos);
    const ComparisonAnalysis end = analysis(OutcomeList().wins(40).losses(40).outcomes,
                                            {.stopping = "group-sequential"});
    EXPECT_NEAR(end.net_win_rate.confidence, 0.918, 1e-3);
}

TEST(AnalyseInOrder, HasALabelThatItsIntervalSupportsWithClustersToo) {
    Rng rng(11);
    int n_early = 0;
    for (int round = 0; round < 40; ++round) {
        std::vector<Outcome> order;
        for (int cluster = 0; cluster < 120; ++cluster) {
            const bool lost = rng.uniform() < 0.02 * round;
            for (int i = 0; i < 3; ++i) {
                Outcome outcome;
                outcome.question_id = fmt::format("q{}-{}", cluster, i);
                outcome.cluster = fmt::format("{}", cluster);
                outcome.kind = lost && rng.uniform() < 0.8 ? Kind::kLoss : Kind::kTie;
                order.push_back(outcome);
            }
        }
        const ComparisonAnalysis a = analysis(order);
        const auto region = stats::region_of(*a.net_win_rate.low, *a.net_win_rate.high, 0.1);
        EXPECT_EQ(a.decision.label == DecisionLabel::kEquivalent,
                  region == stats::Region::kEquivalent);
        EXPECT_EQ(a.decision.label == DecisionLabel::kDegraded, region == stats::Region::kDegraded);
        EXPECT_EQ(a.counts.n_items, 360);
        EXPECT_EQ(a.counts.n % 3, 0);
        n_early += a.stopping->stopped_early;
    }
    EXPECT_GT(n_early, 20);
}

}  // namespace
}  // namespace assay::analysis
