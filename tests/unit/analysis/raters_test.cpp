#include "assay/analysis/raters.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"

namespace assay::analysis {
namespace {

Outcome outcome(const std::string& question, OutcomeKind kind, bool variant_is_a = true) {
    Outcome out;
    out.question_id = question;
    out.kind = kind;
    out.variant_is_a = variant_is_a;
    return out;
}

TEST(RatedUnits, AreOfTheSameQuestionWhateverTheSide) {
    const std::vector<Outcome> first{outcome("a", OutcomeKind::kWin),
                                     outcome("b", OutcomeKind::kTie),
                                     outcome("c", OutcomeKind::kInvalid)};
    const std::vector<Outcome> second{outcome("b", OutcomeKind::kLoss, false),
                                      outcome("c", OutcomeKind::kWin),
                                      outcome("d", OutcomeKind::kNotJudged)};
    const RatedUnits rated = rated_units(std::vector<Rater>{{"1", {first}}, {"2", {second}}});
    ASSERT_EQ(rated.units.size(), 3u);
    EXPECT_EQ(rated.units[0].of[0], &first[0]);
    EXPECT_EQ(rated.units[0].of[1], nullptr);
    EXPECT_EQ(rated.units[1].of[0], &first[1]);
    EXPECT_EQ(rated.units[1].of[1], &second[0]);
    EXPECT_EQ(rated.units[2].of[0], nullptr) << "an invalid verdict is none";
    EXPECT_EQ(rated.units[2].of[1], &second[1]);
    EXPECT_EQ(rated.n_clusters, 4u);
}

TEST(RatedUnits, OfBothOrdersAreMatchedByTheSide) {
    const std::vector<Outcome> first{outcome("a", OutcomeKind::kWin, true),
                                     outcome("a", OutcomeKind::kLoss, false)};
    const std::vector<Outcome> second{outcome("a", OutcomeKind::kTie, false)};
    const RatedUnits rated = rated_units(std::vector<Rater>{{"1", {first}}, {"2", {second}}});
    ASSERT_EQ(rated.units.size(), 2u);
    EXPECT_EQ(rated.units[0].of[1], nullptr);
    EXPECT_EQ(rated.units[1].of[0], &first[1]);
    EXPECT_EQ(rated.units[1].of[1], &second[0]);
    EXPECT_EQ(rated.units[0].cluster, rated.units[1].cluster);
}

TEST(RatedUnits, OfTwoVariantsAreApartAndInOneCluster) {
    const std::vector<Outcome> q4{outcome("a", OutcomeKind::kWin)},
        q8{outcome("a", OutcomeKind::kTie)};
    const RatedUnits rated = rated_units(std::vector<Rater>{{"1", {q4, q8}}});
    ASSERT_EQ(rated.units.size(), 2u);
    EXPECT_EQ(rated.units[0].of[0], &q4[0]);
    EXPECT_EQ(rated.units[1].of[0], &q8[0]);
    EXPECT_EQ(rated.n_clusters, 1u);
}

}  // namespace
}  // namespace assay::analysis
