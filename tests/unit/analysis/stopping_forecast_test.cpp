#include "assay/analysis/stopping_forecast.hpp"

#include <gmock/gmock.h>

#include <cmath>

namespace assay::analysis {
namespace {

using testing::HasSubstr;

Design design_of(std::int64_t n, double margin = 0.1, const char* stopping = "hybrid") {
    Design design;
    design.settings.stopping = stopping;
    design.n_questions = n;
    design.settings.margin = margin;
    return design;
}

double sum(const LabelChances& c) {
    return c.equivalent + c.non_inferior + c.degraded + c.inconclusive;
}

// statistics.md 2g: 560 questions, margin 10 points, 60 % decisive; hybrid 552 (81 %), 455 (91 %),
// group-sequential 483 (83 %), 391 (91 %), 235, 174.
TEST(StoppingForecast, OfTheHybridSavesNothingForGoodVariantsAndMuchForBrokenOnes) {
    const StoppingForecast forecast = forecast_stopping(design_of(560));
    ASSERT_EQ(forecast.rows.size(), 4u);
    EXPECT_EQ(forecast.n_runs, 800);
    const double error = 4 * std::sqrt(0.25 / 800);
    EXPECT_NEAR(forecast.rows[0].mean_questions, 552, 10);
    EXPECT_NEAR(forecast.rows[0].chances.equivalent, 0.81, error);
    EXPECT_NEAR(forecast.rows[1].mean_questions, 455, 40);
    EXPECT_NEAR(forecast.rows[1].chances.degraded, 0.91, error);
    EXPECT_LT(forecast.rows[2].mean_questions, 250);
    EXPECT_LT(forecast.rows[3].mean_questions, 120);
    EXPECT_GT(forecast.rows[3].p_early, 0.98);
    for (const StoppingRow& row : forecast.rows) {
        EXPECT_NEAR(sum(row.chances), 1, 1e-9) << row.delta;
    }
}

TEST(StoppingForecast, OfAGroupSequentialDesignIsThatOfItsFiveLooks) {
    const StoppingForecast forecast = forecast_stopping(design_of(560, 0.1, "group-sequential"));
    EXPECT_NEAR(forecast.rows[0].mean_questions, 483, 12);
    EXPECT_NEAR(forecast.rows[0].chances.equivalent, 0.83, 4 * std::sqrt(0.25 / 800));
    EXPECT_NEAR(forecast.rows[1].chances.degraded, 0.91, 4 * std::sqrt(0.25 / 800));
    EXPECT_NEAR(forecast.rows[1].mean_questions, 391, 25);
    EXPECT_NEAR(forecast.rows[2].mean_questions, 235, 20);
    EXPECT_NEAR(forecast.rows[3].mean_questions, 174, 15);
}

TEST(StoppingForecast, IsTheSameEachTime) {
    const StoppingForecast a = forecast_stopping(design_of(30));
    const StoppingForecast b = forecast_stopping(design_of(30));
    for (std::size_t i = 0; i < a.rows.size(); ++i) {
        EXPECT_EQ(a.rows[i].mean_questions, b.rows[i].mean_questions);
        EXPECT_EQ(a.rows[i].chances.inconclusive, b.rows[i].chances.inconclusive);
    }
}

TEST(StoppingForecast, LeavesOutTruthsThatTheDecisiveRateDoesNotAllow) {
    EXPECT_EQ(forecast_stopping(design_of(50, 0.25)).rows.size(), 3u) << "75 points of 60 %";
    EXPECT_EQ(forecast_stopping(design_of(50, 0.999)).rows.size(), 1u);
}

TEST(StoppingForecast, OfAVeryLargeExperimentIsNotSimulatedAndSaysSo) {
    const StoppingForecast forecast = forecast_stopping(design_of(kMostSimulated + 1));
    EXPECT_TRUE(forecast.rows.empty());
    EXPECT_THAT(forecast.why, HasSubstr("3000 questions"));
}

TEST(StoppingForecast, OfClustersHasTheChancesThatTheDesignEffectGives) {
    Design design = design_of(600, 0.25, "group-sequential");
    design.settings.icc = 0.3;
    design.clusters = equal_clusters(600, 60);
    const StoppingForecast forecast = forecast_stopping(design);
    EXPECT_NEAR(forecast.rows[0].chances.equivalent, reach_of(design).alike->equivalent, 0.1);
    EXPECT_LT(forecast.rows[0].chances.equivalent,
              reach_of(design_of(600, 0.25)).alike->equivalent - 0.02)
        << "fewer than if they were independent";
}

TEST(StoppingForecast, OfBothOrdersCountsQuestionsAndNotVerdicts) {
    Design design = design_of(105, 0.2);
    design.both_orders = true;
    const StoppingForecast forecast = forecast_stopping(design);
    EXPECT_LE(forecast.rows[0].mean_questions, 105);
    EXPECT_GT(forecast.rows[0].mean_questions, 95);
    EXPECT_NEAR(forecast.rows[0].chances.equivalent, reach_of(design).alike->equivalent, 0.12);
}

TEST(StoppingForecast, OfFewQuestionsOrClustersSaysThatJudgingDoesNotStopBefore) {
    EXPECT_TRUE(forecast_stopping(design_of(40)).rows.empty());
    EXPECT_NE(forecast_stopping(design_of(40)).why.find("does not stop before 41"),
              std::string::npos);
    EXPECT_FALSE(forecast_stopping(design_of(41)).rows.empty());
    Design design = design_of(400);
    design.clusters = equal_clusters(400, 40);
    for (const char* stopping : {"hybrid", "group-sequential"}) {
        design.settings.stopping = stopping;
        EXPECT_TRUE(forecast_stopping(design).rows.empty());
    }
}

}  // namespace
}  // namespace assay::analysis
