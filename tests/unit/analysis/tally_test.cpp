#include "assay/analysis/tally.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"

namespace assay::analysis {
namespace {

TEST(Tally, CountsAddUp) {
    const Counts c = tally(one_of_each());
    EXPECT_EQ(c.wins, 3);
    EXPECT_EQ(c.losses, 3);
    EXPECT_EQ(c.ties, 9);
    EXPECT_EQ(c.identical, 5);
    EXPECT_EQ(c.no_answer_variant, 1);
    EXPECT_EQ(c.n, c.wins + c.ties + c.losses);
    EXPECT_EQ(c.n_items,
              c.n + c.invalid + c.errors + c.refused + c.not_judged + c.no_answer_baseline);
    EXPECT_EQ(c.n_items, 27);
    EXPECT_EQ(c.failed(), 6);
    EXPECT_EQ(pairs_that_need_a_call(c), 27 - 5 - 1 - 2);
}

TEST(Tally, OfNothingIsZero) {
    EXPECT_EQ(tally({}).n_items, 0);
    EXPECT_TRUE(confidence_of({}).empty());
}

TEST(Confidence, ShowsOnlyLevelsThatOccurInTheirOrder) {
    OutcomeList list;
    list.wins(2).losses(1).ties(3).identical(4).add(2, OutcomeKind::kInvalid);
    list.outcomes[0].confidence = Confidence::kLow;
    list.outcomes[1].confidence = Confidence::kNone;
    const auto rows = confidence_of(list.outcomes);
    ASSERT_EQ(rows.size(), 3u);
    EXPECT_EQ(rows[0].level, Confidence::kHigh);
    EXPECT_EQ(rows[0].losses, 1);
    EXPECT_EQ(rows[0].ties, 3);
    EXPECT_EQ(rows[1].level, Confidence::kLow);
    EXPECT_EQ(rows[2].level, Confidence::kNone);
    EXPECT_EQ(rows[2].wins, 1);
}

}  // namespace
}  // namespace assay::analysis
