#include "assay/report/figures.hpp"

#include <gtest/gtest.h>

namespace assay::report {
namespace {

TEST(Figures, PointsAreSignedAndZeroHasNoSign) {
    EXPECT_EQ(points(-3.0 / 154), "-1.9");
    EXPECT_EQ(points(0.0834), "+8.3");
    EXPECT_EQ(points(-0.0004), "0.0");
    EXPECT_EQ(points(-1), "-100.0");
}

TEST(Figures, AnEstimateWithoutAValueIsNotMeasuredOrUndefinedNeverZero) {
    Estimate e;
    EXPECT_EQ(points_with_interval(e), "not measured");
    EXPECT_EQ(rate_with_interval(e), "not measured");
    e.why = "no decisive verdict";
    EXPECT_EQ(rate_with_interval(e), "undefined: no decisive verdict");
    e.value = 45.0 / 93;
    e.low = 0.38498;
    e.high = 0.58404;
    EXPECT_EQ(rate_with_interval(e), "48.4 % [38.5, 58.4]");
    EXPECT_EQ(figure_or_not_measured(0), "not measured");
    EXPECT_EQ(percent_of(0, 0), "not measured");
    EXPECT_EQ(percent_of(1, 8), "12.5 %");
}

TEST(Figures, BytesHaveThreeSignificantDigits) {
    EXPECT_EQ(short_bytes(0), "0 B");
    EXPECT_EQ(short_bytes(999), "999 B");
    EXPECT_EQ(short_bytes(397'804'960), "398 MB");
    EXPECT_EQ(short_bytes(999'600'000), "1.00 GB");
    EXPECT_EQ(short_bytes(27'140'000), "27.1 MB");
    EXPECT_EQ(short_bytes(9'999'000), "10.0 MB");
}

TEST(Figures, NumbersKeepAboutThreeSignificantDigits) {
    EXPECT_EQ(figure_or_not_measured(1234.4), "1234");
    EXPECT_EQ(figure_or_not_measured(45.34), "45.3");
    EXPECT_EQ(figure_or_not_measured(6.169), "6.17");
    EXPECT_EQ(figure_or_not_measured(99.96), "100");
}

TEST(Figures, PAndLevels) {
    EXPECT_EQ(p_value(0.8358461346), "0.8358");
    EXPECT_EQ(p_value(0.00001), "< 0.0001");
    EXPECT_EQ(confidence_level(1 - 2 * 0.05), "90 %");
    EXPECT_EQ(confidence_level(0.95), "95 %");
}

TEST(Figures, DecisionsReadAsWords) {
    Decision d;
    EXPECT_EQ(decision_sentence(d), "not measured");
    d.label = DecisionLabel::kInconclusive;
    d.n_more = 364;
    EXPECT_EQ(decision_sentence(d),
              "inconclusive; about 364 more questions are needed to show that they are equivalent");
    d.n_more = 1;
    EXPECT_EQ(decision_sentence(d),
              "inconclusive; about 1 more question is needed to show that they are equivalent");
    d.n_more = 363;
    d.n_more_ship = 219;
    EXPECT_EQ(
        decision_sentence(d),
        "inconclusive; about 219 more questions are needed to show that it may ship, 363 that "
        "they are equivalent");
    d.n_more.reset();
    d.label = DecisionLabel::kDegraded;
    EXPECT_EQ(decision_sentence(d), "worse; by more than the margin is not settled");
    d.beyond_margin = true;
    EXPECT_EQ(decision_sentence(d), "degraded");
    d.label = DecisionLabel::kEquivalent;
    d.detectably_worse = true;
    EXPECT_EQ(decision_sentence(d), "equivalent, though detectably worse (within the margin)");
    d.detectably_worse = false;
    d.detectably_better = true;
    EXPECT_EQ(decision_sentence(d), "equivalent, and detectably better (within the margin)");
    d.label = DecisionLabel::kNonInferior;
    EXPECT_EQ(decision_sentence(d), "non-inferior, and detectably better");
}

}  // namespace
}  // namespace assay::report
