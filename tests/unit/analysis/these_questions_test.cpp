#include "assay/analysis/these_questions.hpp"

#include <gtest/gtest.h>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/claims.hpp"
#include "assay/analysis/cluster_interval.hpp"
#include "assay/analysis/companions.hpp"
#include "assay/analysis/recommend.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

/// Questions with two verdicts each: in both orders, or of two samples.
class Questions {
 public:
    explicit Questions(bool samples = false) : samples_(samples) {}

    Questions& add(int n, OutcomeKind first, OutcomeKind second) {
        for (int i = 0; i < n; ++i, ++n_) {
            for (const bool is_second : {false, true}) {
                Outcome& outcome = outcomes.emplace_back();
                outcome.question_id = fmt::format("q{}", n_);
                outcome.kind = is_second ? second : first;
                outcome.sample = samples_ && is_second ? 1 : 0;
                outcome.variant_is_a = is_second;
            }
        }
        return *this;
    }
    Questions& both(int n, OutcomeKind kind) { return add(n, kind, kind); }
    /// Puts them into clusters of so many questions.
    Questions& clustered(std::size_t size) {
        for (std::size_t i = 0; i < outcomes.size(); ++i) {
            outcomes[i].cluster = fmt::format("c{}", i / 2 / size);
        }
        return *this;
    }

    std::vector<Outcome> outcomes;

 private:
    bool samples_;
    int n_ = 0;
};

constexpr OutcomeKind kWin = OutcomeKind::kWin, kTie = OutcomeKind::kTie,
                      kLoss = OutcomeKind::kLoss, kInvalid = OutcomeKind::kInvalid;

AnalysisSettings closed(double margin = 0.1) {
    AnalysisSettings out;
    out.margin = margin;
    out.population = kTheseQuestions;
    return out;
}

Questions half_and_half(bool samples = false) {
    Questions out(samples);
    out.both(30, kWin).both(30, kLoss).both(40, kTie);
    return out;
}

TEST(OnTheseQuestions, HowMuchQuestionsDifferPlaysNoPart) {
    const auto outcomes = half_and_half().outcomes;
    const auto open = analyse(outcomes, {}), set = analyse(outcomes, closed());
    EXPECT_EQ(open.decision.label, DecisionLabel::kInconclusive);
    EXPECT_FALSE(open.decision.on_these_questions);
    EXPECT_FALSE(open.questions_like_these);
    ASSERT_TRUE(open.these_questions);
    EXPECT_EQ(set.decision.label, DecisionLabel::kEquivalent);
    EXPECT_TRUE(set.decision.on_these_questions);
    EXPECT_FALSE(set.these_questions);
    ASSERT_TRUE(set.questions_like_these);
    EXPECT_EQ(set.questions_like_these->low, open.net_win_rate.low);
    EXPECT_EQ(set.net_win_rate.value, open.net_win_rate.value);
    // No verdict differs: z and the allowance for skewness alone, of two verdicts a question.
    const double z = 1.6448536269514722;
    EXPECT_NEAR(*set.net_win_rate.high, (z + (z * z + 2) / 3) / 100, 1e-12);
    EXPECT_NEAR(*set.net_win_rate.low, -*set.net_win_rate.high, 1e-12);
    EXPECT_LT(set.tost.p_tost, 0.05);
    EXPECT_NEAR(*set.tost.smallest_margin, *set.net_win_rate.high, 1e-12);
    EXPECT_NE(set.decision.why.find("on exactly these questions"), std::string::npos)
        << set.decision.why;
}

TEST(OnTheseQuestions, EveryLabelIsReached) {
    const auto label = [](const Questions& questions, double margin = 0.1) {
        return analyse(questions.outcomes, closed(margin)).decision.label;
    };
    EXPECT_EQ(label(Questions().both(80, kTie).both(20, kWin)), DecisionLabel::kNonInferior);
    EXPECT_EQ(label(Questions().both(80, kTie).both(20, kLoss)), DecisionLabel::kDegraded);
    EXPECT_EQ(label(half_and_half(), 0.02), DecisionLabel::kInconclusive);
    EXPECT_EQ(label(Questions().both(9, kTie), 0.9), DecisionLabel::kNotMeasured) << "too few";
    const auto inconclusive = analyse(half_and_half().outcomes, closed(0.02));
    EXPECT_FALSE(inconclusive.decision.n_more) << "further questions would not be these";
    EXPECT_FALSE(inconclusive.decision.n_more_ship);
    EXPECT_NE(inconclusive.decision.why.find("further questions would not be these"),
              std::string::npos);
    EXPECT_NE(inconclusive.decision.why.find("worse (95 % sure) on these questions"),
              std::string::npos)
        << inconclusive.decision.why;
}

TEST(OnTheseQuestions, ClustersPlayNoPart) {
    Questions in_clusters = half_and_half();
    in_clusters.clustered(25);
    EXPECT_EQ(analyse(in_clusters.outcomes, {}).decision.label, DecisionLabel::kNotMeasured)
        << "four clusters are too few";
    auto set = analyse(in_clusters.outcomes, closed());
    const auto without = analyse(half_and_half().outcomes, closed());
    EXPECT_EQ(set.decision.label, DecisionLabel::kEquivalent);
    EXPECT_EQ(set.net_win_rate.low, without.net_win_rate.low);
    EXPECT_FALSE(set.clusters);
    add_cluster_interval(set, in_clusters.outcomes, Dependence(in_clusters.outcomes));
    EXPECT_FALSE(set.cluster_interval) << "it is about questions like them";
}

TEST(OnTheseQuestions, SamplesAreTheirOwnNoise) {
    const auto orders = Questions(false).add(20, kWin, kLoss).both(80, kTie).outcomes,
               samples = Questions(true).add(20, kWin, kLoss).both(80, kTie).outcomes;
    const auto of_orders = analyse(orders, closed()), of_samples = analyse(samples, closed());
    EXPECT_EQ(of_orders.net_win_rate.low, of_samples.net_win_rate.low);
    EXPECT_LT(*of_orders.net_win_rate.low,
              *analyse(half_and_half().outcomes, closed()).net_win_rate.low)
        << "verdicts that differ are noise";
}

TEST(OnTheseQuestions, OneVerdictAQuestionDecidesNothing) {
    const auto one = analyse(OutcomeList().wins(30).losses(30).ties(40).outcomes, closed());
    EXPECT_EQ(one.decision.label, DecisionLabel::kNotMeasured);
    EXPECT_NE(one.decision.why.find("both orders or of several samples"), std::string::npos);
    const auto counts = analyse_counts(30, 30, 40, closed());
    EXPECT_EQ(counts.decision.label, DecisionLabel::kNotMeasured);
    auto unknown_sides = half_and_half().outcomes;
    for (Outcome& outcome : unknown_sides) {
        outcome.side_known = false;
    }
    EXPECT_EQ(analyse(unknown_sides, closed()).decision.label, DecisionLabel::kNotMeasured)
        << "two verdicts in one order are no two orders";
    auto of_two_judges = half_and_half().outcomes;
    of_two_judges.insert(of_two_judges.end(), of_two_judges.begin(), of_two_judges.end());
    EXPECT_EQ(analyse(of_two_judges, closed()).decision.label, DecisionLabel::kNotMeasured)
        << "judges are not told apart";
}

TEST(OnTheseQuestions, NothingStandsForAVerdictThatIsMissing) {
    const auto whole = analyse(Questions().both(100, kTie).outcomes, closed());
    const auto one_missing = analyse(Questions().both(99, kTie).add(1, kTie, kInvalid).outcomes,
                                     closed());
    // Half a question, and what a tie and a loss differ by.
    const double z = 1.6448536269514722;
    EXPECT_NEAR(*one_missing.net_win_rate.low,
                *whole.net_win_rate.low - (0.5 + z * (std::sqrt(1.25) - 1)) / 100,
                1e-12);
    EXPECT_NEAR(*one_missing.net_win_rate.high, -*one_missing.net_win_rate.low, 1e-12);
    // A question without any is as good as lost, and as good as won.
    const auto one_gone = analyse(
        Questions().both(99, kTie).both(1, OutcomeKind::kNoAnswerBaseline).outcomes, closed());
    EXPECT_NEAR(*one_gone.net_win_rate.low, *whole.net_win_rate.low - 1.0 / 100, 1e-12);
    EXPECT_EQ(*one_gone.net_win_rate.value, 0);
    EXPECT_EQ(one_gone.net_win_rate.n, 99);
    // Those that are not judged as well: nobody knows what they would have shown.
    const auto pending = analyse(
        Questions().both(97, kTie).both(3, OutcomeKind::kNotJudged).outcomes, closed());
    EXPECT_NEAR(*pending.net_win_rate.low, *whole.net_win_rate.low - 3.0 / 100, 1e-12);
}

TEST(OnTheseQuestions, TooManyFailedVerdictsTakeAClaimAway) {
    const auto many = analyse(Questions().both(88, kTie).both(12, kInvalid).outcomes, closed(0.16));
    EXPECT_EQ(many.decision.label, DecisionLabel::kEquivalent) << many.decision.why;
    EXPECT_NE(many.decision.why.find("more than 5 %"), std::string::npos);
    const auto more = analyse(Questions().both(84, kTie).both(16, kInvalid).outcomes, closed(0.16));
    EXPECT_EQ(more.decision.label, DecisionLabel::kInconclusive);
}

TEST(OnTheseQuestions, AWorseTruthNeverLooksBetter) {
    // Each verdict that falls worse moves both limits down, or leaves them.
    Questions better;
    better.both(50, kTie).add(20, kWin, kTie).add(30, kTie, kLoss);
    std::optional<double> before;
    for (int n_lost = 0; n_lost <= 20; ++n_lost) {
        auto outcomes = better.outcomes;
        for (int i = 0; i < 2 * n_lost; ++i) {
            outcomes[static_cast<std::size_t>(i)].kind = kLoss;
        }
        const double low = *analyse(outcomes, closed()).net_win_rate.low;
        if (before) {
            EXPECT_LT(low, *before);
        }
        before = low;
    }
}

TEST(OnTheseQuestions, JudgingGoesToTheEnd) {
    const auto outcomes = Questions().both(300, kLoss).outcomes;
    const JudgingPlan plan{static_cast<std::int64_t>(outcomes.size()), false, 1};
    EXPECT_TRUE(analyse_in_order(outcomes, plan, {}).stopping->stopped_early);
    const auto set = analyse_in_order(outcomes, plan, closed());
    EXPECT_FALSE(set.stopping->stopped_early);
    EXPECT_EQ(set.net_win_rate.confidence, 0.9) << "all of alpha is left for the end";
    EXPECT_NE(set.stopping->sentence.find("exactly these questions"), std::string::npos);
}

TEST(OnTheseQuestions, HolmTakesTheirPValues) {
    auto one = analyse(half_and_half().outcomes, closed(0.05)),
         other = analyse(half_and_half().outcomes, closed(0.05));
    other.tost.p_tost = 0.2;
    AnalysisSettings settings = closed(0.05);
    settings.multiplicity = "holm";
    const std::vector<Rung> rungs{{&one, 1}, {&other, 2}};
    ASSERT_TRUE(passes(one.decision.label));
    decide_claims(rungs, settings);
    EXPECT_EQ(*one.decision.claimed, one.tost.p_tost < 0.025);
    EXPECT_FALSE(*other.decision.claimed);
}

TEST(OnTheseQuestions, CompanionsAboutOtherQuestionsAreLeftOut) {
    const auto outcomes = half_and_half().outcomes;
    auto set = analyse(outcomes, closed());
    add_companions(set, outcomes, Dependence(outcomes), closed());
    EXPECT_TRUE(set.companions->posteriors.empty());
    EXPECT_TRUE(set.companions->outlook.flips.empty());
    EXPECT_FALSE(set.companions->outlook.n_more_if_observed);
    EXPECT_EQ(set.companions->outlook.smallest_margin_equivalent, set.tost.smallest_margin);
}

TEST(OnTheseQuestions, TheRecommendationSaysSo) {
    Candidate candidate;
    candidate.name = "Q4";
    candidate.size_bytes = 50;
    candidate.label = DecisionLabel::kEquivalent;
    candidate.on_these_questions = true;
    EXPECT_EQ(recommend(std::vector{candidate}, 100).sentence,
              "For these questions, use Q4: equivalent to the baseline within the margin, and 50.0 "
              "% smaller; nothing is said of other questions.");
    Candidate worse = candidate;
    worse.label = DecisionLabel::kDegraded;
    EXPECT_EQ(recommend(std::vector{worse}, 100).sentence,
              "No variant is recommended: Q4 is degraded on these questions.");
    EXPECT_NE(recommend(std::vector{candidate}, 100, {true, "rules changed", false})
                  .sentence.find("looks equivalent on these questions"),
              std::string::npos);
}

}  // namespace
}  // namespace assay::analysis
