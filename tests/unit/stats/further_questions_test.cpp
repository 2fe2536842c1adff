#include "assay/stats/further_questions.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

namespace assay::stats {
namespace {

TEST(FurtherQuestions, OfThePublishedStudy) {
    const std::array<ValueCount, 3> study{{{1, 45}, {0, 61}, {-1, 48}}};
    const auto r = further_questions(study, {});
    ASSERT_TRUE(r);
    EXPECT_EQ(r->more_ship, 219);
    EXPECT_EQ(r->more_equivalent, 363);
}

TEST(FurtherQuestions, NoneWhereThereAreEnough) {
    const std::array<ValueCount, 1> ties{{{0, 500}}};
    const auto r = further_questions(ties, {});
    EXPECT_EQ(r->more_ship, 0);
    EXPECT_EQ(r->more_equivalent, 0);
    EXPECT_GT(*r->questions_ship, 0);
}

TEST(FurtherQuestions, OneQuestionIsNoReasonToStop) {
    const std::array<ValueCount, 1> one{{{1, 1}}};
    const auto r = further_questions(one, {});
    EXPECT_NEAR(r->second_moment, 2.0 / 3, 1e-15);
    EXPECT_GT(*r->more_ship, 300);
}

TEST(FurtherQuestions, WithoutAQuestionThereIsNothingToPlanFrom) {
    EXPECT_FALSE(further_questions({}, {}));
    EXPECT_FALSE(further_questions(std::vector<ValueCount>{{0.5, 0}}, {}));
}

TEST(FurtherQuestions, OutOfReachIsSaid) {
    const std::array<ValueCount, 1> lost{{{-1, 10}}};
    const auto r = further_questions(lost, {.margin = 1e-9});
    EXPECT_FALSE(r->questions_ship);
    EXPECT_FALSE(r->more_equivalent);
}

}  // namespace
}  // namespace assay::stats
