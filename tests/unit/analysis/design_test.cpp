#include "assay/analysis/design.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <cmath>

#include "assay/stats/equivalence.hpp"
#include "assay/stats/exact.hpp"
#include "assay/stats/sample_size.hpp"

namespace assay::analysis {
namespace {

using testing::HasSubstr;

constexpr double kStudyRate = 93.0 / 154;  // decisive verdicts of the published study

Design design_of(std::int64_t n,
                 double margin,
                 double decisive_rate = kStudyRate,
                 double power = 0.8) {
    Design design;
    design.n_questions = n;
    design.settings.margin = margin;
    design.settings.power = power;
    design.settings.expected_decisive_rate = decisive_rate;
    return design;
}

Question question(const char* id, std::optional<std::string> cluster) {
    return {.id = id,
            .text = "Why?",
            .expected = {},
            .contexts = {},
            .cluster = std::move(cluster),
            .place = {}};
}

std::int64_t needed(double margin, double power) {
    return questions_needed(design_of(154, margin, kStudyRate, power)).equivalence.n.value();
}

double sum(const LabelChances& chances) {
    return chances.equivalent + chances.non_inferior + chances.degraded + chances.inconclusive;
}

// Figures of statistics.md, section 1, made with independent code.
TEST(QuestionsNeeded, AreThoseOfThePublishedStudysDecisiveRate) {
    EXPECT_EQ(needed(0.05, 0.8), 2069);
    EXPECT_EQ(needed(0.05, 0.9), 2615);
    EXPECT_EQ(needed(0.10, 0.8), 518);
    EXPECT_EQ(needed(0.10, 0.9), 654);
    EXPECT_EQ(needed(0.15, 0.8), 230);
    EXPECT_EQ(needed(0.15, 0.9), 291);
    EXPECT_EQ(questions_needed(design_of(0, 0.05)).non_inferiority.n, 1494);
    EXPECT_EQ(questions_needed(design_of(0, 0.10)).non_inferiority.n, 374);
    EXPECT_EQ(questions_needed(design_of(0, 0.15)).non_inferiority.n, 166);
}

TEST(QuestionsNeeded, HaveTheWantedPowerAlsoWhenAllOutcomesAreEnumerated) {
    for (const double margin : {0.08, 0.10, 0.15, 0.25}) {
        for (const double rate : {0.1, 0.3, 0.6, 1.0}) {
            const QuestionsNeeded sizes = questions_needed(design_of(0, margin, rate));
            for (const NeededQuestions& size : {sizes.equivalence, sizes.non_inferiority}) {
                EXPECT_GE(size.exact_power.value(), 0.795) << margin << " " << rate;
                EXPECT_LE(size.exact_power.value(), rate > margin ? 0.83 : 1)
                    << margin << " " << rate;
            }
        }
    }
}

TEST(QuestionsNeeded, AboveTheLimitHaveNoExactPower) {
    const QuestionsNeeded sizes = questions_needed(design_of(0, 0.01));
    EXPECT_GT(sizes.equivalence.n.value(), kMostEnumerated);
    EXPECT_FALSE(sizes.equivalence.exact_power);
}

TEST(QuestionsNeeded, BeyondAllMeasureAreNone) {
    EXPECT_FALSE(questions_needed(design_of(0, 1e-9)).equivalence.n);
    EXPECT_FALSE(questions_needed(design_of(0, 1e-9)).non_inferiority.n);
}

TEST(QuestionsNeeded, GrowByTheDesignEffectOfClusters) {
    Design design = design_of(4000, 0.1);
    design.settings.icc = 0.1;
    design.clusters = equal_clusters(4000, 400);  // of ten questions: 1 + 9 x 0.1
    const double independent = 518,
                 clustered = static_cast<double>(questions_needed(design).equivalence.n.value());
    EXPECT_GT(clustered, independent * 1.9) << "Student's t asks for a little more";
    EXPECT_LT(clustered, independent * 1.9 * 1.06);
    design.settings.icc = 0;
    EXPECT_LT(questions_needed(design).equivalence.n.value(), 518 * 1.12);
}

TEST(QuestionsNeeded, OfBothOrdersAreFewerButNotHalf) {
    Design design = design_of(0, 0.1);
    design.both_orders = true;
    const std::int64_t n = questions_needed(design).equivalence.n.value();
    EXPECT_NEAR(static_cast<double>(n), 518 * 0.9, 4) << "(1 + 0.8) / 2 of the variance";
    design.settings.icc = 1;
    EXPECT_NEAR(static_cast<double>(questions_needed(design).equivalence.n.value()), 518, 4)
        << "a second verdict that is always the first one adds nothing";
}

TEST(MakeDesign, LeavesOfAlphaWhatEarlyStoppingDoesNotUse) {
    AnalysisSettings settings;
    EXPECT_DOUBLE_EQ(make_design(0, {}, false, settings).alpha_end.value(), 0.04);
    settings.stopping = "group-sequential";
    EXPECT_NEAR(make_design(0, {}, false, settings).alpha_end.value(), 0.041, 0.0005)
        << "z = 1.740, statistics.md 2g";
    settings.stopping = "none";
    EXPECT_FALSE(make_design(0, {}, false, settings).alpha_end);
}

TEST(QuestionsNeeded, AreMoreWhenEarlyLooksTakeAShareOfAlpha) {
    Design design = design_of(0, 0.1, 0.6);
    design.alpha_end = 0.04;
    EXPECT_EQ(questions_needed(design).equivalence.n,
              stats::sample_size_equivalence({.margin = 0.1, .alpha = 0.04}, 0.8));
    EXPECT_NEAR(static_cast<double>(questions_needed(design).equivalence.n.value()), 560, 10)
        << "statistics.md 2g";
}

TEST(DesignReach, OfThePublishedStudyIsWhatItsSizeAllows) {
    const DesignReach at_10 = reach_of(design_of(154, 0.10));
    EXPECT_NEAR(at_10.alike->equivalent, 0.011, 0.0005);
    EXPECT_EQ(at_10.most_decisive, 88);
    EXPECT_NEAR(at_10.mde.decisive_win_rate.value(), 0.149, 0.0005);
    EXPECT_NEAR(at_10.mde.net.value(), 0.179, 0.0005);
    EXPECT_NEAR(at_10.smallest_margin.value(), 0.183, 0.001);
    EXPECT_EQ(at_10.n_effective, 154);
    EXPECT_EQ(at_10.design_effect, 1);
    EXPECT_EQ(at_10.method, "all outcomes enumerated");
    EXPECT_EQ(reach_of(design_of(154, 0.05)).most_decisive, 18);
    EXPECT_LT(reach_of(design_of(154, 0.05)).p_can_be_equivalent, 1e-9);
    EXPECT_NEAR(reach_of(design_of(154, 0.15)).alike->equivalent, 0.56, 0.005);
}

TEST(DesignReach, ChancesAreThoseOfTheExactEnumeration) {
    const DesignReach reach = reach_of(design_of(154, 0.10, 0.6));
    const auto alike = stats::operating_characteristics(
        {.n = 154, .decisive_rate = 0.6, .delta = 0, .margin = 0.1});
    const auto worse = stats::operating_characteristics(
        {.n = 154, .decisive_rate = 0.6, .delta = -0.1, .margin = 0.1});
    EXPECT_EQ(reach.alike->equivalent, alike->p_equivalent);
    EXPECT_EQ(reach.alike->non_inferior, alike->p_non_inferior);
    EXPECT_NEAR(reach.alike->degraded, 0.0505, 5e-5) << "statistics.md 2d";
    EXPECT_NEAR(reach.at_margin->equivalent + reach.at_margin->non_inferior, 0.0510, 5e-5)
        << "statistics.md 2d";
    EXPECT_EQ(reach.at_margin->degraded, worse->p_degraded);
}

TEST(DesignReach, AboveTheLimitIsTheNormalApproximationAndSaysSo) {
    const DesignReach below = reach_of(design_of(kMostEnumerated, 0.05, 0.6));
    const DesignReach above = reach_of(design_of(kMostEnumerated + 1, 0.05, 0.6));
    EXPECT_THAT(above.method, HasSubstr("normal approximation (more than 2000 comparisons)"));
    EXPECT_NEAR(above.alike->equivalent, below.alike->equivalent, 0.005);
    EXPECT_NEAR(above.alike->non_inferior, below.alike->non_inferior, 0.005);
    EXPECT_NEAR(above.at_margin->equivalent, below.at_margin->equivalent, 0.005);
    EXPECT_NEAR(above.at_margin->degraded, below.at_margin->degraded, 0.005);
    EXPECT_NEAR(above.at_margin->inconclusive, below.at_margin->inconclusive, 0.005);
    EXPECT_NEAR(sum(*above.at_margin), 1, 1e-12);
}

TEST(DesignReach, OfClustersIsThatOfFewerComparisonsWithWiderTails) {
    Design design = design_of(154, 0.10);
    design.settings.icc = 0.1;
    design.clusters = equal_clusters(154, 14);  // of eleven: 1 + 10 x 0.1
    const DesignReach reach = reach_of(design);
    EXPECT_DOUBLE_EQ(reach.design_effect, 2);
    EXPECT_EQ(reach.n_effective, 77);
    EXPECT_EQ(reach.df, 13);
    EXPECT_GT(reach.smallest_margin.value(), reach_of(design_of(77, 0.10)).smallest_margin.value());
    EXPECT_GT(reach.mde.net.value(), 0.2);
    EXPECT_THAT(
        reach.method,
        HasSubstr(
            "as if of 77 independent comparisons, with Student's t at 13 degrees of freedom"));
    design.settings.icc = 0;
    EXPECT_EQ(reach_of(design).n_effective, 154);
}

TEST(DesignReach, OfOneClusterIsNothingAndSaysWhy) {
    Design design = design_of(20, 0.10);
    design.clusters = equal_clusters(20, 1);
    const DesignReach reach = reach_of(design);
    EXPECT_FALSE(reach.alike);
    EXPECT_FALSE(reach.smallest_margin);
    EXPECT_THAT(reach.why, HasSubstr("one cluster"));
    EXPECT_GT(questions_needed(design).equivalence.n.value(), 518)
        << "more clusters of twenty would do";
    EXPECT_THAT(warning_of(design, questions_needed(design), reach),
                HasSubstr("can decide nothing: all questions"));
    design = design_of(1, 0.10);
    design.both_orders = true;
    EXPECT_THAT(reach_of(design).why, HasSubstr("one question"));
}

TEST(DesignReach, ALossBeyondWhatTheDecisiveRateAllowsHasNoChances) {
    const DesignReach reach = reach_of(design_of(154, 0.5, 0.4));
    EXPECT_FALSE(reach.at_margin);
    EXPECT_NEAR(reach.alike->equivalent, 1, 1e-9);
}

TEST(DesignReach, OddDesignsHaveChancesThatAddUpInShortTime) {
    const auto start = std::chrono::steady_clock::now();
    for (const std::int64_t n : {1LL, 2LL, 3LL, 154LL, 100'000LL, 1'000'000'000LL}) {
        for (const double margin : {1e-9, 0.1, 0.999}) {
            for (const double rate : {1e-9, 0.6, 1.0}) {
                for (const std::int64_t n_clusters : {n, n / 2, std::int64_t{2}}) {
                    for (const bool both_orders : {false, true}) {
                        Design design = design_of(n, margin, rate);
                        design.settings.alpha = 1e-9;
                        design.both_orders = both_orders;
                        if (n_clusters >= 2 && n_clusters <= n) {
                            design.clusters = equal_clusters(n, n_clusters);
                        }
                        const DesignReach reach = reach_of(design);
                        const QuestionsNeeded sizes = questions_needed(design);
                        EXPECT_TRUE(std::isfinite(reach.p_can_be_equivalent));
                        for (const auto& one : {reach.alike, reach.at_margin}) {
                            if (one) {
                                EXPECT_NEAR(sum(*one), 1, 1e-6)
                                    << n << " " << margin << " " << rate;
                            }
                        }
                        static_cast<void>(warning_of(design, sizes, reach));
                    }
                }
            }
        }
    }
    EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::minutes(10))
        << "some 300 designs: a guard against one that never ends";
}

TEST(MostDecisive, IsWhereEqualWinsAndLossesAreJustStillEquivalent) {
    for (const double margin : {0.05, 0.08, 0.1}) {
        const std::int64_t most = reach_of(design_of(200, margin)).most_decisive;
        const auto p_at = [&](std::int64_t decisive) {
            const double half = static_cast<double>(decisive) / 2;
            return stats::tost_score({half, half, 200}, margin)->p_tost;
        };
        EXPECT_LT(p_at(most), 0.05) << margin;
        EXPECT_GT(p_at(most + 2), 0.05) << margin;
    }
    EXPECT_EQ(reach_of(design_of(201, 0.9)).most_decisive, 201) << "all of them";
    EXPECT_EQ(reach_of(design_of(1, 0.1)).most_decisive, -1) << "one tie does not show equivalence";
    EXPECT_EQ(reach_of(design_of(1, 0.1)).p_can_be_equivalent, 0);
}

TEST(ClusterShape, IsNothingWhereEveryQuestionStandsAlone) {
    EXPECT_FALSE(cluster_shape({}));
    const std::vector<Question> alone{question("a", {}), question("b", "x"), question("c", "y")};
    EXPECT_FALSE(cluster_shape(alone));
}

TEST(ClusterShape, CountsQuestionsWithoutAClusterAsOnesOfTheirOwn) {
    const std::vector<Question> some{
        question("a", "x"), question("b", {}), question("c", "x"), question("d", "x")};
    const auto shape = cluster_shape(some);
    ASSERT_TRUE(shape);
    EXPECT_EQ(shape->n_clusters, 2);
    EXPECT_DOUBLE_EQ(shape->mean_size, (9.0 + 1) / 4);
}

TEST(EqualClusters, DifferByOneAtMost) {
    EXPECT_FALSE(equal_clusters(5, 5));
    EXPECT_DOUBLE_EQ(equal_clusters(7, 3)->mean_size, (9.0 + 4 + 4) / 7);
    EXPECT_EQ(equal_clusters(7, 3)->n_clusters, 3);
}

TEST(Warning, OfADesignThatIsTooSmallNamesWhatWouldDo) {
    const Design design = design_of(154, 0.1, 0.6);
    EXPECT_EQ(warning_of(design, questions_needed(design), reach_of(design)),
              "This design cannot reach its margin with 80 % power: with 154 questions, "
              "equivalence at 10 points is said "
              "with probability 1.3 % at best; 514 questions or a margin of 18.3 points would do.");
}

TEST(Warning, OfADesignThatIsLargeEnoughIsEmpty) {
    for (const std::int64_t n : {514, 520, 2000, 10'000}) {
        const Design design = design_of(n, 0.1, 0.6);
        EXPECT_EQ(warning_of(design, questions_needed(design), reach_of(design)), "") << n;
    }
}

TEST(Warning, WhereNoNumberWouldDoNamesTheMarginAlone) {
    const Design design = design_of(100, 1e-9, 0.6);
    EXPECT_THAT(
        warning_of(design, questions_needed(design), reach_of(design)),
        HasSubstr("with probability below 0.1 % at best; a margin of 22.7 points would do."));
}

}  // namespace
}  // namespace assay::analysis
