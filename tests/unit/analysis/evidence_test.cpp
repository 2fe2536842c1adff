#include "assay/analysis/evidence.hpp"

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
    EXPECT_EQ(e.design_effect, 1);
    EXPECT_TRUE(std::isinf(e.df));
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
    EXPECT_EQ(e.df, 76);
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

TEST(Evidence, TwoComparisonsOfOneQuestionAreACluster) {
    auto outcomes = OutcomeList().wins(4).losses(4).outcomes;
    outcomes[1].question_id = outcomes[0].question_id;
    const Evidence e = evidence_of(outcomes, Failed::kLeftOut);
    ASSERT_TRUE(e.clusters);
    EXPECT_EQ(e.clusters->n_clusters, 7);
    EXPECT_EQ(e.clusters->largest, 2);
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
    EXPECT_EQ(e.design_effect, 1);
    EXPECT_EQ(e.clusters->design_effect_used, 1);
}

TEST(Evidence, AlikeVerdictsUseTheMeanClusterSizeAndSayWhy) {
    const Evidence e = evidence_of(grouped(OutcomeList().ties(60).outcomes, 3), Failed::kLeftOut);
    EXPECT_FALSE(e.clusters->design_effect);
    EXPECT_DOUBLE_EQ(e.design_effect, 3);
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
