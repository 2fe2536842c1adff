#include "assay/analysis/tally.hpp"

#include <gtest/gtest.h>

#include "builders.hpp"

namespace assay::analysis {
namespace {

std::vector<Outcome> one_of_each() {
    OutcomeList list;
    list.wins(3).losses(2).ties(4).identical(5).no_answer_variant(1);
    list.add(2, OutcomeKind::kInvalid).add(1, OutcomeKind::kError).add(3, OutcomeKind::kRefused);
    list.add(4, OutcomeKind::kNotJudged).add(2, OutcomeKind::kNoAnswerBaseline);
    return list.outcomes;
}

TEST(Tally, CountsAddUp) {
    const Counts c = tally(one_of_each());
    EXPECT_EQ(c.wins, 3);
    EXPECT_EQ(c.losses, 3);
    EXPECT_EQ(c.ties, 9);
    EXPECT_EQ(c.identical, 5);
    EXPECT_EQ(c.no_answer_variant, 1);
    EXPECT_EQ(c.n, c.wins + c.ties + c.losses);
    EXPECT_EQ(c.n_items, c.n + c.invalid + c.errors + c.refused + c.not_judged + c.no_answer_baseline);
    EXPECT_EQ(c.n_items, 27);
    EXPECT_EQ(failed_verdicts(c), 6);
    EXPECT_EQ(pairs_that_need_a_call(c), 27 - 5 - 1 - 2);
}

TEST(Tally, OfNothingIsZero) {
    EXPECT_EQ(tally({}).n_items, 0);
    EXPECT_TRUE(confidence_of({}).empty());
    EXPECT_FALSE(position_of({}).bias.value);
    EXPECT_FALSE(position_of({}).p_sign);
    EXPECT_FALSE(position_of({}).p_fisher);
}

TEST(Position, LeavesOutWhatNoJudgeSaw) {
    const Position p = position_of(one_of_each());
    const auto total = [](const PositionRow& row) { return row.wins + row.losses + row.ties; };
    EXPECT_EQ(total(p.variant_first) + total(p.variant_second), 3 + 2 + 4);
}

TEST(Position, ShowsABiasTowardsTheFirstSide) {
    OutcomeList list;
    list.wins(40).losses(40).ties(20);
    for (Outcome& outcome : list.outcomes) outcome.variant_is_a = outcome.kind == OutcomeKind::kWin;
    for (std::size_t i = 80; i < 100; ++i) list.outcomes[i].variant_is_a = i % 2 == 0;
    const Position p = position_of(list.outcomes);
    EXPECT_EQ(p.first_shown_wins, 80);
    EXPECT_EQ(p.second_shown_wins, 0);
    EXPECT_NEAR(*p.bias.value, 0.8, 1e-12);
    EXPECT_GT(*p.bias.low, 0);
    EXPECT_NEAR(*p.net_stratified.value, 0, 1e-12);
    EXPECT_LT(*p.p_sign, 1e-9);
    EXPECT_LT(*p.p_fisher, 1e-9);
    EXPECT_EQ(p.p_fisher_method, "Fisher-Freeman-Halton, exact");
}

TEST(Position, WithoutASpreadHasNoIntervalAndSaysWhy) {
    const Position p = position_of(OutcomeList().ties(6).outcomes);
    EXPECT_EQ(*p.bias.value, 0);
    EXPECT_FALSE(p.bias.low);
    EXPECT_FALSE(p.bias.why.empty());
    EXPECT_FALSE(p.p_sign);
    EXPECT_EQ(*p.p_fisher, 1);
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
