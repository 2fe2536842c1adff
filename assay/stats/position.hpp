#pragma once
// Does the judge favour a side? And both orders of the same pair.

#include <array>
#include <cstdint>
#include <optional>

#include "assay/stats/tango.hpp"

namespace assay::stats {

/// Verdicts of the comparisons in which the candidate was shown first, or second.
struct OrderRow {
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    std::int64_t ties = 0;
};

/// With each order a stratum: net_k = (w_k - l_k) / n_k, v_k = d_k - net_k^2.
struct OrderEffects {
    std::optional<double> net_first;  ///< of the comparisons with the candidate shown first
    std::optional<double> net_second;
    std::optional<double> net_stratified;  ///< their mean: free of an additive position bias
    std::optional<double> bias;  ///< half their difference; > 0: the first position is favoured
    std::optional<double> standard_error;  ///< of both: 1/2 sqrt(v_1 / n_1 + v_2 / n_2)
    std::int64_t first_wins = 0;           ///< wins of the answer that was shown first
    std::int64_t second_wins = 0;
    double p_sign = 1;    ///< sign test of these two
    double p_fisher = 1;  ///< Fisher-Freeman-Halton on the 2 x 3 table: verdicts depend on the
                          ///< order
    bool fisher_exact = true;
};
/// Counts >= 0. Values that need a row without comparisons are empty.
[[nodiscard]] OrderEffects order_effects(const OrderRow& candidate_first,
                                         const OrderRow& candidate_second);

/// Intervals of bias and stratified rate that exist where no verdict varies within an order, too:
/// Newcombe's hybrid score interval of a difference (Newcombe 1998, Statistics in Medicine 17:873,
/// method 10) with Tango's interval of each order's net win rate in place of Wilson's, and its form
/// for a sum (Zou & Donner 2008, Statistics in Medicine 27:1693).
struct HybridIntervals {
    NetInterval bias;
    NetInterval net_stratified;
};
/// critical > 0: a normal or a Student quantile. Nothing where an order has no comparison.
[[nodiscard]] std::optional<HybridIntervals> hybrid_intervals(const NetCounts& candidate_first,
                                                              const NetCounts& candidate_second,
                                                              double critical);

/// The same pairs judged in both orders. joint[i][j]: i the verdict with the candidate first, j
/// with it second; 0 loss, 1 tie, 2 win.
using JointTable = std::array<std::array<std::int64_t, 3>, 3>;

struct BothOrders {
    std::int64_t n = 0;
    double consistency = 0;          ///< share with the same verdict in both orders
    std::int64_t primacy_flips = 0;  ///< candidate wins when first, loses when second
    std::int64_t recency_flips = 0;
    double p_primacy_vs_recency = 1;  ///< sign test of the two
    double net_mean = 0;              ///< of the means of the two verdicts of each question
    std::optional<double> net_se;     ///< sample standard deviation over questions / sqrt(n); empty
                                      ///< for n = 1
    std::int64_t conservative_wins = 0;  ///< won in both orders (Zheng et al. 2023); pulls the net
                                         ///< win rate towards 0, so never decided on
    std::int64_t conservative_losses = 0;
    std::int64_t conservative_ties = 0;
    double position_bias = 0;  ///< half the difference between the two orders
};
/// Nothing for an empty table.
[[nodiscard]] std::optional<BothOrders> both_orders(const JointTable& joint);

}  // namespace assay::stats
