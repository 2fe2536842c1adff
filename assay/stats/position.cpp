#include "assay/stats/position.hpp"

#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/fisher.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::stats {
namespace {

struct Stratum {
    double net = 0;
    double variance = 0;  ///< of the mean
};

std::optional<Stratum> stratum_of(const OrderRow& row) {
    ASSAY_CHECK(row.wins >= 0 && row.losses >= 0 && row.ties >= 0);
    const double n = static_cast<double>(row.wins + row.losses + row.ties);
    if (n == 0) {
        return std::nullopt;
    }
    const double net = static_cast<double>(row.wins - row.losses) / n;
    return Stratum{net, (static_cast<double>(row.wins + row.losses) / n - net * net) / n};
}

}  // namespace

OrderEffects order_effects(const OrderRow& candidate_first, const OrderRow& candidate_second) {
    const auto first = stratum_of(candidate_first), second = stratum_of(candidate_second);
    OrderEffects out;
    if (first) {
        out.net_first = first->net;
    }
    if (second) {
        out.net_second = second->net;
    }
    if (first && second) {
        out.net_stratified = (first->net + second->net) / 2;
        out.bias = (first->net - second->net) / 2;
        out.standard_error = std::sqrt(std::fmax(0.0, first->variance + second->variance)) / 2;
    }
    out.first_wins = candidate_first.wins + candidate_second.losses;
    out.second_wins = candidate_first.losses + candidate_second.wins;
    out.p_sign = sign_test(out.first_wins, out.second_wins).two_sided;
    const FisherResult fisher = fisher_2x3(
        {{{candidate_first.wins, candidate_first.losses, candidate_first.ties},
          {candidate_second.wins, candidate_second.losses, candidate_second.ties}}});
    out.p_fisher = fisher.p;
    out.fisher_exact = fisher.exact;
    return out;
}

std::optional<HybridIntervals> hybrid_intervals(const NetCounts& candidate_first,
                                                const NetCounts& candidate_second,
                                                double critical) {
    const auto first = tango_interval(candidate_first, critical),
               second = tango_interval(candidate_second, critical);
    if (!first || !second) {
        return std::nullopt;
    }
    const double below_first = first->estimate - first->low,
                 above_first = first->high - first->estimate,
                 below_second = second->estimate - second->low,
                 above_second = second->high - second->estimate;
    const double bias = (first->estimate - second->estimate) / 2,
                 mean = (first->estimate + second->estimate) / 2;
    return HybridIntervals{{bias,
                            bias - std::hypot(below_first, above_second) / 2,
                            bias + std::hypot(above_first, below_second) / 2},
                           {mean,
                            mean - std::hypot(below_first, below_second) / 2,
                            mean + std::hypot(above_first, above_second) / 2}};
}

std::optional<BothOrders> both_orders(const JointTable& joint) {
    BothOrders out;
    double sum = 0, squares = 0, difference = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            const std::int64_t count = joint[i][j];
            ASSAY_CHECK(count >= 0);
            const double first = static_cast<double>(i) - 1, second = static_cast<double>(j) - 1;
            const double value = (first + second) / 2;
            out.n += count;
            sum += static_cast<double>(count) * value;
            squares += static_cast<double>(count) * value * value;
            difference += static_cast<double>(count) * (first - second) / 2;
        }
    }
    if (out.n == 0) {
        return std::nullopt;
    }
    const double n = static_cast<double>(out.n);
    out.consistency = static_cast<double>(joint[0][0] + joint[1][1] + joint[2][2]) / n;
    out.primacy_flips = joint[2][0];
    out.recency_flips = joint[0][2];
    out.p_primacy_vs_recency = sign_test(out.primacy_flips, out.recency_flips).two_sided;
    out.net_mean = sum / n;
    if (out.n > 1) {
        out.net_se = std::sqrt(std::fmax(0.0, squares - sum * sum / n) / (n - 1) / n);
    }
    out.conservative_wins = joint[2][2];
    out.conservative_losses = joint[0][0];
    out.conservative_ties = out.n - joint[2][2] - joint[0][0];
    out.position_bias = difference / n;
    return out;
}

}  // namespace assay::stats
