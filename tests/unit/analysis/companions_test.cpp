#include "assay/analysis/companions.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cmath>
#include <map>
#include <string>
#include <utility>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/cluster_interval.hpp"
#include "assay/stats/exact.hpp"
#include "builders.hpp"

namespace assay::analysis {
namespace {

ComparisonAnalysis of_counts(std::int64_t wins,
                             std::int64_t losses,
                             std::int64_t ties,
                             const AnalysisSettings& settings = {}) {
    ComparisonAnalysis out = analyse_counts(wins, losses, ties, settings);
    add_companions(out, settings);
    return out;
}

ComparisonAnalysis of(const std::vector<Outcome>& outcomes, const AnalysisSettings& settings = {}) {
    ComparisonAnalysis out = analyse(outcomes, settings);
    add_companions(out, outcomes, Dependence(outcomes), settings);
    add_cluster_interval(out, outcomes, Dependence(outcomes));
    return out;
}

std::vector<Outcome> in_clusters(std::vector<Outcome> outcomes, std::size_t size) {
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        outcomes[i].cluster = fmt::format("paper{}", i / size);
    }
    return outcomes;
}

const LabelFlip& flip(const ComparisonAnalysis& a, const std::string& change) {
    for (const LabelFlip& flip : a.companions->outlook.flips) {
        if (flip.change == change) {
            return flip;
        }
    }
    ADD_FAILURE() << change;
    return a.companions->outlook.flips.front();
}

TEST(Companions, HaveTheStudysFigures) {
    const Companions c = *of_counts(45, 48, 61).companions;
    EXPECT_NEAR(c.decisive_tost.p_tost, 0.062, 5e-4);  // statistics.md 1
    EXPECT_NEAR(*c.decisive_tost.same_margin, 0.083, 5e-4);
    ASSERT_EQ(c.posteriors.size(), 2u);
    EXPECT_EQ(c.posteriors[0].prior, 1);
    EXPECT_NEAR(c.posteriors[0].p_equivalent, 0.877, 5e-4);
    EXPECT_NEAR(c.posteriors[0].p_noninferior, 0.904, 5e-4);
    EXPECT_EQ(c.posteriors[1].prior, 0.5);
    EXPECT_NEAR(c.posteriors[1].p_equivalent, c.posteriors[0].p_equivalent, 0.01);
    EXPECT_NEAR(*c.outlook.smallest_margin_equivalent, 0.1219, 5e-5);
    EXPECT_NEAR(*c.outlook.smallest_margin_noninferior, 0.1219, 5e-5);
    EXPECT_EQ(c.outlook.n_more_if_observed,
              603 - 154);  // planned with 94 of 156; statistics.md 1 has 604 with .604
}

TEST(Companions, GiveTheExactTestBelowAHundredComparisons) {
    const ExactTost few = of_counts(20, 22, 57).companions->exact_tost;
    EXPECT_EQ(few.p_lower, stats::exact_unconditional_noninferiority(20, 22, 99, 0.1));
    EXPECT_EQ(few.p_upper, stats::exact_unconditional_noninferiority(22, 20, 99, 0.1));
    EXPECT_EQ(*few.p_tost, std::max(*few.p_lower, *few.p_upper));
    EXPECT_EQ(few.why, "");
    for (const ExactTost& none :
         {of_counts(20, 22, 58).companions->exact_tost,
          of_counts(0, 0, 0).companions->exact_tost,
          of(in_clusters(OutcomeList().wins(9).losses(8).ties(7).outcomes, 2))
              .companions->exact_tost}) {
        EXPECT_FALSE(none.p_tost);
        EXPECT_NE(none.why, "");
    }
}

TEST(Companions, SayWhatWouldChangeTheLabel) {
    // Each flip is the smallest: one verdict fewer leaves the label.
    for (const auto& [w, l, t] :
         {std::tuple{45, 48, 61}, {250, 255, 340}, {60, 120, 100}, {300, 200, 300}, {3, 0, 40}}) {
        const ComparisonAnalysis a = of_counts(w, l, t);
        for (const auto& [from, to] : {std::pair{"losses", "ties"},
                                       {"ties", "wins"},
                                       {"wins", "ties"},
                                       {"ties", "losses"}}) {
            const std::string change = fmt::format("{}_to_{}", from, to);
            const LabelFlip f = flip(a, change);
            const auto label_after = [&, w = w, l = l, t = t](std::int64_t k) {
                std::map<std::string, std::int64_t> after{{"wins", w}, {"losses", l}, {"ties", t}};
                after[from] -= k;
                after[to] += k;
                return analyse_counts(after["wins"], after["losses"], after["ties"], {})
                    .decision.label;
            };
            std::int64_t first = 0;
            const std::int64_t most = std::map<std::string, int>{
                {"wins", w}, {"losses", l}, {"ties", t}}[from];
            for (std::int64_t k = 1; k <= most && first == 0; ++k) {
                if (label_after(k) != a.decision.label) {
                    first = k;
                }
            }
            EXPECT_EQ(f.n.value_or(0), first) << w << " " << l << " " << t << " " << change;
            if (first > 0) {
                EXPECT_EQ(*f.label, label_after(first)) << change;
            }
        }
    }
}

TEST(Companions, OfNothingHaveReasonsInsteadOfFigures) {
    const Companions c = *of_counts(0, 0, 0).companions;
    EXPECT_TRUE(c.posteriors.empty());
    EXPECT_NE(c.posteriors_why, "");
    EXPECT_TRUE(c.outlook.flips.empty());
    EXPECT_FALSE(c.outlook.smallest_margin_noninferior);
    EXPECT_FALSE(c.decisive_tost.same_margin);
}

TEST(Companions, OfClustersHaveASecondIntervalNearTheFirst) {
    const ComparisonAnalysis a = of(
        in_clusters(OutcomeList().wins(60).losses(66).ties(90).outcomes, 2));
    ASSERT_TRUE(a.cluster_interval);
    const Estimate& second = *a.cluster_interval;
    EXPECT_NE(second.method.find("BCa bootstrap of 108 clusters"), std::string::npos)
        << second.method;
    EXPECT_EQ(second.value, a.net_win_rate.value);
    EXPECT_EQ(second.confidence, a.net_win_rate.confidence);
    EXPECT_NEAR(*second.low, *a.net_win_rate.low, 0.02);
    EXPECT_NEAR(*second.high, *a.net_win_rate.high, 0.02);
    EXPECT_NE(a.companions->decisive_tost.why, "");
    EXPECT_NE(a.companions->posteriors_why.find("design effect"), std::string::npos);
}

TEST(Companions, OfVeryManyClustersNameTheirApproximation) {
    const ComparisonAnalysis a = of(
        in_clusters(OutcomeList().wins(2000).losses(2100).ties(2100).outcomes, 2));
    const Estimate& second = *a.cluster_interval;
    EXPECT_EQ(a.clusters->n_clusters, 3100);
    EXPECT_NE(second.method.find("CR1 standard error"), std::string::npos) << second.method;
    EXPECT_NEAR(*second.low, *a.net_win_rate.low, 0.002);
}

TEST(Companions, OfAlikeClustersSayThatTheyHaveNoSpread) {
    const Estimate second = *of(in_clusters(OutcomeList().ties(40).outcomes, 2)).cluster_interval;
    EXPECT_FALSE(second.low);
    EXPECT_NE(second.why, "");
    const Estimate single = *of(in_clusters(OutcomeList().wins(4).ties(4).outcomes, 8))
                                 .cluster_interval;
    EXPECT_FALSE(single.low);
    EXPECT_NE(single.why, "");
}

TEST(Companions, WithManyFailuresAreAboutWhatHoldsWhateverTheySaid) {
    const auto outcomes = OutcomeList()
                              .wins(20)
                              .losses(200)
                              .ties(300)
                              .add(40, OutcomeKind::kInvalid)
                              .outcomes;
    const ComparisonAnalysis a = of(outcomes);
    ASSERT_EQ(a.decision.label, DecisionLabel::kDegraded);
    // It takes fewer verdicts to lose a label that must hold with 40 more wins.
    const ComparisonAnalysis bare = of_counts(20, 200, 300), best = of_counts(60, 200, 300);
    EXPECT_LT(flip(a, "losses_to_ties").n, flip(bare, "losses_to_ties").n);
    EXPECT_EQ(flip(a, "losses_to_ties").n, flip(best, "losses_to_ties").n);
    EXPECT_EQ(flip(a, "losses_to_ties").label, DecisionLabel::kInconclusive);
    const ComparisonAnalysis worst = of_counts(20, 240, 300);
    EXPECT_EQ(a.companions->outlook.smallest_margin_noninferior,
              worst.companions->outlook.smallest_margin_noninferior);
}

}  // namespace
}  // namespace assay::analysis
