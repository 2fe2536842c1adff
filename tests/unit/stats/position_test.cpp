#include "assay/stats/position.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace assay::stats {
namespace {

TEST(OrderEffects, GivesTheStudysFigures) {
    const OrderEffects r = order_effects({23, 24, 30}, {22, 24, 31});
    EXPECT_EQ(r.first_wins, 47);
    EXPECT_EQ(r.second_wins, 46);
    EXPECT_NEAR(*r.bias, 0.0065, 5e-5);
    EXPECT_NEAR(*r.standard_error, 0.063, 5e-4);
    EXPECT_NEAR(*r.net_stratified, -3.0 / 154, 1e-12);
    EXPECT_EQ(r.p_sign, 1);
}

TEST(OrderEffects, AnAdditiveBiasLeavesTheStratifiedNetAlone) {
    // True net 0, the first position gains 30 points; 70 : 30 allocation.
    const OrderEffects r = order_effects({490, 280, 630}, {120, 210, 270});
    EXPECT_NEAR(*r.bias, 0.15, 1e-12);
    EXPECT_NEAR(*r.net_stratified, 0, 1e-12);
    EXPECT_LT(r.p_sign, 1e-6);
}

TEST(OrderEffects, SwappingTheModelsChangesTheSignOfTheNetOnly) {
    const OrderEffects a = order_effects({10, 4, 3}, {5, 7, 2}),
                       b = order_effects({7, 5, 2}, {4, 10, 3});
    EXPECT_NEAR(*a.net_stratified, -*b.net_stratified, 1e-15);
    EXPECT_NEAR(*a.bias, *b.bias, 1e-15);
    EXPECT_EQ(a.first_wins, b.first_wins);
}

TEST(OrderEffects, AnEmptyOrderLeavesItsValuesUndefined) {
    const OrderEffects r = order_effects({3, 1, 2}, {});
    EXPECT_TRUE(r.net_first);
    EXPECT_FALSE(r.net_second);
    EXPECT_FALSE(r.bias);
    EXPECT_FALSE(r.standard_error);
    EXPECT_EQ(r.p_fisher, 1);
    EXPECT_EQ(order_effects({}, {}).p_sign, 1);
}

TEST(BothOrders, CountsFlipsAndConservativeVerdicts) {
    const auto r = both_orders({{{22, 2, 20}, {3, 55, 4}, {19, 3, 26}}});
    ASSERT_TRUE(r);
    EXPECT_EQ(r->n, 154);
    EXPECT_EQ(r->primacy_flips, 19);
    EXPECT_EQ(r->recency_flips, 20);
    EXPECT_EQ(r->conservative_wins, 26);
    EXPECT_EQ(r->conservative_losses, 22);
    EXPECT_EQ(r->conservative_wins + r->conservative_losses + r->conservative_ties, r->n);
    EXPECT_NEAR(r->consistency, 103.0 / 154, 1e-12);
}

TEST(BothOrders, AtTheEdges) {
    EXPECT_FALSE(both_orders({}));
    const auto one = both_orders({{{0, 0, 0}, {0, 0, 0}, {1, 0, 0}}});
    EXPECT_FALSE(one->net_se);
    EXPECT_EQ(one->net_mean, 0);
    EXPECT_EQ(one->position_bias, 1);
    EXPECT_EQ(one->consistency, 0);
}

TEST(HybridIntervals, ExistWhereNoVerdictVaries) {
    const NetCounts all_won = net_counts(50, 0, 0), all_lost = net_counts(0, 50, 0),
                    all_tied = net_counts(0, 0, 50);
    const double c = 1.959963984540054;
    const auto extreme = hybrid_intervals(all_won, all_lost, c);
    EXPECT_EQ(extreme->bias.estimate, 1);
    EXPECT_EQ(extreme->bias.high, 1);
    // Of either order the limit is Tango's; the distances add up as the sides of a triangle.
    const double below = 1 - tango_interval(all_won, c)->low;
    EXPECT_GT(below, 0);
    EXPECT_NEAR(extreme->bias.low, 1 - std::hypot(below, below) / 2, 1e-12);
    const auto tied = hybrid_intervals(all_tied, all_tied, c);
    EXPECT_NEAR(tied->bias.low, -tied->bias.high, 1e-12);
    EXPECT_NEAR(tied->bias.high, std::sqrt(2.0) / 2 * (c * c / (50 + c * c)), 1e-9);
    EXPECT_FALSE(hybrid_intervals(all_won, net_counts(0, 0, 0), c));
}

TEST(HybridIntervals, AreNearTheNormalOnesWhereVerdictsVary) {
    const OrderRow first{400, 300, 300}, second{300, 320, 380};
    const OrderEffects effects = order_effects(first, second);
    const auto hybrid = hybrid_intervals(
        net_counts(400, 300, 300), net_counts(300, 320, 380), 1.959963984540054);
    EXPECT_NEAR(hybrid->bias.estimate, *effects.bias, 1e-12);
    EXPECT_NEAR(hybrid->bias.low, *effects.bias - 1.96 * *effects.standard_error, 1e-3);
    EXPECT_NEAR(hybrid->net_stratified.high,
                *effects.net_stratified + 1.96 * *effects.standard_error,
                1e-3);
}

}  // namespace
}  // namespace assay::stats
