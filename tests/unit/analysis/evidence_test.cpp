#include "assay/analysis/evidence.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>

#include "assay/stats/clusters.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

/// Clusters of `size` outcomes each, in the order of the list.
std::vector<Outcome> grouped(std::vector<Outcome> outcomes, std::size_t size) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        outcomes[i].cluster = fmt::format("paper{:03}", i / size);
    }
    return outcomes;
}

TEST(Evidence, WithoutClustersIsTangos) {
    const Evidence e = evidence_of(OutcomeList().wins(45).losses(48).ties(61).outcomes,
                                   Failed::kLeftOut);
    EXPECT_FALSE(e.clusters);
    EXPECT_EQ(e.questions.design_effect, 1);
    EXPECT_TRUE(std::isinf(e.questions.df));
    const Estimate net = net_win_rate_of(e, 0.05);
    EXPECT_EQ(net.method, "Tango score interval");
    EXPECT_NEAR(*net.low, -0.122, 5e-4);
    EXPECT_NEAR(net.confidence, 0.9, 1e-15);
}

TEST(Evidence, ClustersOfOneEachAreNone) {
    EXPECT_FALSE(evidence_of(grouped(OutcomeList().wins(5).losses(4).outcomes, 1), Failed::kLeftOut)
                     .clusters);
}

TEST(Evidence, AClusterCountsOnlyWhatIsCounted) {
    auto outcomes = grouped(OutcomeList().wins(3).add(3, OutcomeKind::kInvalid).outcomes, 1);
    outcomes[3].cluster = outcomes[0].cluster;  // its only companion has no verdict
    EXPECT_FALSE(evidence_of(outcomes, Failed::kLeftOut).clusters);
    EXPECT_TRUE(evidence_of(outcomes, Failed::kLosses).clusters);
}

TEST(Evidence, DependentVerdictsWidenTheIntervalAndNameTheirMethod) {
    const auto outcomes = OutcomeList().wins(44).losses(48).ties(62).outcomes;
    const Evidence e = evidence_of(grouped(outcomes, 2), Failed::kLeftOut);
    ASSERT_TRUE(e.clusters);
    EXPECT_EQ(e.clusters->n_clusters, 77);
    EXPECT_NEAR(*e.clusters->design_effect, 2, 0.05);
    EXPECT_EQ(e.questions.df, 76);
    const Estimate net = net_win_rate_of(e, 0.05),
                   plain = net_win_rate_of(evidence_of(outcomes, Failed::kLeftOut), 0.05);
    EXPECT_EQ(*net.value, *plain.value);
    EXPECT_EQ(net.n, 154);
    EXPECT_LT(*net.low, *plain.low);
    EXPECT_GT(*net.high, *plain.high);
    EXPECT_EQ(net.method.find("Tango"), std::string::npos);
    EXPECT_EQ(net.method.find("tango"), std::string::npos);
    EXPECT_EQ(net.method.rfind("effective-count score interval (clusters: ", 0), 0u);
}

/// n questions of which each has these verdicts.
void ask(std::vector<Outcome>& outcomes, int n, std::initializer_list<OutcomeKind> verdicts) {
    static int number = 0;
    for (int i = 0; i < n; ++i) {
        ++number;
        for (const OutcomeKind kind : verdicts) {
            Outcome outcome;
            outcome.question_id = fmt::format("asked{}", number);
            outcome.kind = kind;
            outcomes.push_back(std::move(outcome));
        }
    }
}

constexpr OutcomeKind kWon = OutcomeKind::kWin, kTied = OutcomeKind::kTie,
                      kLost = OutcomeKind::kLoss;

TEST(Evidence, AQuestionCountsOnceWithTheMeanOfItsVerdicts) {
    std::vector<Outcome> outcomes;
    ask(outcomes, 10, {kWon, kTied});
    ask(outcomes, 30, {kTied, kTied});
    ask(outcomes, 12, {kLost, kWon});
    ask(outcomes, 8, {kLost, kLost});
    const Evidence e = evidence_of(outcomes, Failed::kLeftOut);
    EXPECT_FALSE(e.clusters);
    EXPECT_TRUE(e.several_verdicts);
    EXPECT_EQ(e.n(), 120);
    EXPECT_EQ(e.n_questions, 60);
    EXPECT_EQ(e.questions.df, 59);
    ASSERT_EQ(e.questions.values.size(), 3u);
    EXPECT_EQ(e.questions.values[0].value, -1);
    EXPECT_EQ(e.questions.values[1].count, 42);
    EXPECT_EQ(e.questions.values[2].value, 0.5);
    const Estimate net = net_win_rate_of(e, 0.05);
    EXPECT_DOUBLE_EQ(*net.value, (5.0 - 8.0) / 60);
    EXPECT_EQ(net.n, 60);
    EXPECT_EQ(net.method,
              "question score interval (60 questions with 2 verdicts each, Student's t with 59 "
              "degrees of freedom)");
    const auto summary = question_summary_of(e);
    ASSERT_TRUE(summary);
    EXPECT_EQ(summary->n_won, 10);
    EXPECT_EQ(summary->n_even, 42);
    EXPECT_EQ(summary->n_lost, 8);
    EXPECT_TRUE(summary->p_sign_flip);
}

TEST(Evidence, QuestionsWeighTheSameHoweverManyVerdictsTheyHave) {
    std::vector<Outcome> outcomes;
    ask(outcomes, 20, {kLost});
    ask(outcomes, 20, {kWon, kWon, kWon, kWon});
    EXPECT_EQ(*net_win_rate_of(evidence_of(outcomes, Failed::kLeftOut), 0.05).value, 0);
}

TEST(Evidence, AQuestionOfWhichMostCallsFailedDoesNotCountUnlessTheyCountAsSomething) {
    std::vector<Outcome> outcomes;
    ask(outcomes, 20, {kTied, kTied});
    ask(outcomes, 1, {kWon, OutcomeKind::kError, OutcomeKind::kInvalid});
    ask(outcomes, 1, {kWon, OutcomeKind::kError});
    const Evidence usable = evidence_of(outcomes, Failed::kLeftOut);
    EXPECT_EQ(usable.n_questions, 21);
    EXPECT_EQ(usable.n_left_out, 1);
    EXPECT_EQ(usable.wins, 1);
    const Evidence worst = evidence_of(outcomes, Failed::kLosses);
    EXPECT_EQ(worst.n_questions, 22);
    EXPECT_EQ(worst.losses, 3);
    EXPECT_NEAR(worst.questions.values.front().value, -1.0 / 3, 1e-15);
}

TEST(Evidence, VerdictsOfOneQuestionGiveNoInterval) {
    std::vector<Outcome> outcomes;
    ask(outcomes, 1, {kWon, kTied, kLost});
    const Estimate net = net_win_rate_of(evidence_of(outcomes, Failed::kLeftOut), 0.05);
    EXPECT_FALSE(net.value);
    EXPECT_NE(net.why.find("one question"), std::string::npos);
}

TEST(Evidence, ClustersOfQuestionsWithSeveralVerdictsKeepBoth) {
    std::vector<Outcome> outcomes;
    ask(outcomes, 20, {kWon, kTied});
    ask(outcomes, 20, {kLost, kTied});
    ask(outcomes, 20, {kTied, kTied});
    const Evidence e = evidence_of(grouped(outcomes, 4), Failed::kLeftOut);
    ASSERT_TRUE(e.clusters);
    EXPECT_TRUE(e.several_verdicts);
    EXPECT_EQ(e.clusters->n_clusters, 30);
    EXPECT_EQ(e.clusters->largest, 2);
    EXPECT_EQ(e.questions.df, 29);
    EXPECT_NEAR(e.questions.design_effect, 2, 0.1);
    EXPECT_GT(e.verdict_design_effect, e.questions.design_effect);
}

TEST(Evidence, AClusterAndAQuestionOfTheSameNameAreApart) {
    auto outcomes = OutcomeList().wins(3).losses(3).outcomes;
    outcomes[1].cluster = outcomes[0].question_id;
    EXPECT_FALSE(evidence_of(outcomes, Failed::kLeftOut).clusters);
}

TEST(Evidence, NegativeDependenceNeverNarrows) {
    auto list = OutcomeList();
    for (int i = 0; i < 30; ++i) {
        list.wins(1).losses(1);
    }
    const Evidence e = evidence_of(grouped(list.outcomes, 2), Failed::kLeftOut);
    EXPECT_LT(*e.clusters->design_effect, 1);
    EXPECT_EQ(e.questions.design_effect, 1);
    EXPECT_EQ(e.clusters->design_effect_used, 1);
}

TEST(Evidence, AlikeVerdictsUseTheMeanClusterSizeAndSayWhy) {
    const Evidence e = evidence_of(grouped(OutcomeList().ties(60).outcomes, 3), Failed::kLeftOut);
    EXPECT_FALSE(e.clusters->design_effect);
    EXPECT_DOUBLE_EQ(e.questions.design_effect, 3);
    EXPECT_NE(e.clusters->why.find("mean cluster size"), std::string::npos);
}

TEST(Evidence, OneClusterGivesNoInterval) {
    const Evidence e = evidence_of(grouped(OutcomeList().wins(10).losses(3).outcomes, 100),
                                   Failed::kLeftOut);
    const Estimate net = net_win_rate_of(e, 0.05);
    EXPECT_FALSE(net.value);
    EXPECT_FALSE(net.low);
    EXPECT_FALSE(net.why.empty());
    EXPECT_EQ(e.clusters->n_clusters, 1);
}

TEST(Evidence, FewClustersWarnAndGiveTheSignFlipTest) {
    const Evidence few = evidence_of(grouped(OutcomeList().wins(10).losses(10).ties(8).outcomes, 2),
                                     Failed::kLeftOut);
    EXPECT_EQ(few.clusters->n_clusters, 14);
    EXPECT_NE(few.clusters->why.find("only 14 clusters"), std::string::npos);
    EXPECT_NE(few.clusters->why.find("sign-flip"), std::string::npos);
    ASSERT_TRUE(few.clusters->p_sign_flip);
    EXPECT_EQ(*few.clusters->p_sign_flip, 1);
    const Evidence enough = evidence_of(
        grouped(OutcomeList().wins(10).losses(10).ties(10).outcomes, 2), Failed::kLeftOut);
    EXPECT_EQ(enough.clusters->n_clusters, 15);
    EXPECT_EQ(enough.clusters->why, "");
}

TEST(Evidence, FailedVerdictsAsLossesStayInTheirClusters) {
    auto outcomes = grouped(
        OutcomeList().wins(20).losses(10).add(4, OutcomeKind::kRefused).outcomes, 2);
    const Evidence e = evidence_of(outcomes, Failed::kLosses);
    EXPECT_EQ(e.losses, 14);
    EXPECT_EQ(e.n(), 34);
    EXPECT_EQ(e.clusters->n_clusters, 17);
}

TEST(Evidence, DoesNotDependOnTheOrderOfTheOutcomes) {
    auto outcomes = grouped(OutcomeList().wins(13).losses(17).ties(9).outcomes, 4);
    const Evidence a = evidence_of(outcomes, Failed::kLeftOut);
    std::reverse(outcomes.begin(), outcomes.end());
    const Evidence b = evidence_of(outcomes, Failed::kLeftOut);
    EXPECT_EQ(*a.clusters->design_effect, *b.clusters->design_effect);
    EXPECT_EQ(*net_win_rate_of(a, 0.05).low, *net_win_rate_of(b, 0.05).low);
}

}  // namespace
}  // namespace assay::analysis
