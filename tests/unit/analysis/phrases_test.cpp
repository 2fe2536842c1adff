#include "assay/analysis/phrases.hpp"

#include <gtest/gtest.h>

namespace assay::analysis {
namespace {

TEST(Phrases, PointsAreSignedAndNeverMinusZero) {
    EXPECT_EQ(points(-0.0194), "-1.9");
    EXPECT_EQ(points(0.083), "+8.3");
    EXPECT_EQ(points(0), "0.0");
    EXPECT_EQ(points(-0.0001), "0.0");
}

TEST(Phrases, AValueBesideAnEdgeDoesNotReadAsTheEdge) {
    EXPECT_EQ(points_beside(-0.1004, -0.1), "-10.04");
    EXPECT_EQ(points_beside(-0.09996, -0.1), "-9.996");
    EXPECT_EQ(points_beside(0.0001, 0), "+0.01");
    EXPECT_EQ(points_beside(-0.122, -0.1), "-12.2");
    EXPECT_EQ(points_beside(-0.1, -0.1), "-10.0");
    EXPECT_EQ(points_beside(1e-12, 0), "0.0");
}

TEST(Phrases, MarginsLevelsAndCountsReadPlainly) {
    EXPECT_EQ(plain_points(0.1), "10");
    EXPECT_EQ(plain_points(0.025), "2.5");
    EXPECT_EQ(percent_level(0.9), "90 %");
    EXPECT_EQ(percent_level(1 - 2 * 0.0125), "97.5 %");
    EXPECT_EQ(count_of(1, "question"), "1 question");
    EXPECT_EQ(count_of(0, "more question"), "0 more questions");
}

TEST(Phrases, SentencesBeginWithACapitalAndEndWithAStop) {
    EXPECT_EQ(sentence("it is so"), "It is so.");
    EXPECT_EQ(sentence("3 of 4 failed."), "3 of 4 failed.");
    EXPECT_EQ(sentence(""), "");
}

TEST(Phrases, AMarginThatWouldDoIsRoundedUp) {
    EXPECT_EQ(points_up(0.18331), "18.4");
    EXPECT_EQ(points_up(0.1), "10");
    EXPECT_EQ(points_up(0.2), "20");
    EXPECT_EQ(points_up(0.0001), "0.1");
}

TEST(Phrases, AChanceIsNeverRoundedToNoneOrToCertainty) {
    EXPECT_EQ(chance(1e-12), "below 0.1 %");
    EXPECT_EQ(chance(0.0112), "1.1 %");
    EXPECT_EQ(chance(0.9995), "above 99.9 %");
    EXPECT_EQ(chance(0.999), "99.9 %");
}

}  // namespace
}  // namespace assay::analysis
