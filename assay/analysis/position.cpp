#include "assay/analysis/position.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/rates.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/stats/agreement.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/position.hpp"

namespace assay::analysis {
namespace {

constexpr double kNoSpread = 1e-9;  ///< what rounding leaves of none
constexpr const char* kBias = "half the difference of the two orders' net win rates";
constexpr const char*
    kBoundary = ", Newcombe's hybrid score interval, as no verdict varies in an order";
constexpr const char* kStratified = "mean of the two orders' net win rates";

bool has_a_side(const Outcome& outcome) {
    return outcome.side_known && was_decided_by_a_judge(outcome);
}

/// A standard error with the critical value and the words that belong to it.
struct Spread {
    double standard_error = 0;
    double critical = 0;
    std::string words;
    std::optional<stats::NetInterval> boundary;  ///< in place of a spread of 0
};

/// What a cluster adds to the two orders: comparisons and the sum of their values.
struct ClusterSides {
    std::int32_t n_first = 0;
    std::int32_t sum_first = 0;
    std::int32_t n_second = 0;
    std::int32_t sum_second = 0;
    auto operator<=>(const ClusterSides&) const = default;
};

/// Each different kind of cluster and how often it comes; sorted, so that rounding does not depend
/// on the outcomes' order.
std::map<ClusterSides, std::int64_t> cluster_sides_of(std::span<const Outcome> outcomes,
                                                      const Dependence& dependence) {
    std::vector<ClusterSides> clusters(dependence.n_clusters);
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!has_a_side(outcomes[i])) {
            continue;
        }
        ClusterSides& cluster = clusters[dependence.cluster[i]];
        const int value = *value_of(outcomes[i].kind);
        ++(outcomes[i].variant_is_a ? cluster.n_first : cluster.n_second);
        (outcomes[i].variant_is_a ? cluster.sum_first : cluster.sum_second) += value;
    }
    std::map<ClusterSides, std::int64_t> kinds;
    for (const ClusterSides& cluster : clusters) {
        if (cluster.n_first + cluster.n_second > 0) {
            ++kinds[cluster];
        }
    }
    return kinds;
}

/// Cluster-robust spreads of bias and stratified rate: each is linear in the verdicts, a verdict of
/// order k adding
/// +-(y - net_k) / (2 n_k); CR1 = G / (G - 1) times the sum over clusters of the squared sums
/// (statistics.md 2j).
std::pair<Spread, Spread> clustered_spreads(const std::map<ClusterSides, std::int64_t>& kinds,
                                            const stats::OrderEffects& effects,
                                            double n_first,
                                            double n_second) {
    double bias = 0, mean = 0, g = 0;
    for (const auto& [cluster, times] : kinds) {
        const double first = (cluster.sum_first - cluster.n_first * *effects.net_first) /
                             (2 * n_first);
        const double second = (cluster.sum_second - cluster.n_second * *effects.net_second) /
                              (2 * n_second);
        bias += static_cast<double>(times) * (first - second) * (first - second);
        mean += static_cast<double>(times) * (first + second) * (first + second);
        g += static_cast<double>(times);
    }
    const double critical = stats::student_upper_quantile((1 - kConfidence) / 2, g - 1);
    const std::string words = ", cluster-robust interval (CR1, Student's t)";
    return {{std::sqrt(bias * g / (g - 1)), critical, words, {}},
            {std::sqrt(mean * g / (g - 1)), critical, words, {}}};
}

/// A row as so many independent comparisons as there are clusters with one of its order.
stats::NetCounts independent_counts(const PositionRow& row, double n_clusters) {
    const stats::NetCounts counts = stats::net_counts(row.wins, row.losses, row.ties);
    return n_clusters > 0 ? stats::effective(counts, counts.n / n_clusters) : counts;
}

/// Gives the spreads the intervals that exist without a spread, too.
void add_boundaries(std::pair<Spread, Spread>& spreads,
                    const Position& position,
                    const std::map<ClusterSides, std::int64_t>& kinds) {
    double n_first = 0, n_second = 0;
    for (const auto& [cluster, times] : kinds) {
        n_first += cluster.n_first > 0 ? static_cast<double>(times) : 0;
        n_second += cluster.n_second > 0 ? static_cast<double>(times) : 0;
    }
    const auto intervals = stats::hybrid_intervals(
        independent_counts(position.variant_first, n_first),
        independent_counts(position.variant_second, n_second),
        spreads.first.critical);
    if (intervals) {
        spreads.first.boundary = intervals->bias;
        spreads.second.boundary = intervals->net_stratified;
    }
}

Estimate stratified(std::optional<double> value,
                    const Spread& spread,
                    std::int64_t n,
                    const char* method) {
    Estimate out;
    out.confidence = kConfidence;
    out.n = n;
    out.method = method + spread.words;
    out.value = value;
    if (!value) {
        out.why =
            "undefined: no judged comparison shows the variant's answer first, or none shows it "
            "second";
    } else if (spread.standard_error < kNoSpread) {
        out.method = std::string(method) + kBoundary;
        out.low = spread.boundary->low;
        out.high = spread.boundary->high;
    } else {
        out.low = *value - spread.critical * spread.standard_error;
        out.high = *value + spread.critical * spread.standard_error;
    }
    return out;
}

/// A question's decided verdicts in each order.
struct QuestionSides {
    int n_first = 0;
    int n_second = 0;
    int first = 0;  ///< value of the last one, -1, 0 or 1
    int second = 0;
};

stats::JointTable joint_of(const std::vector<QuestionSides>& questions) {
    stats::JointTable joint{};
    for (const QuestionSides& q : questions) {
        if (q.n_first == 1 && q.n_second == 1) {
            ++joint[static_cast<std::size_t>(q.first + 1)][static_cast<std::size_t>(q.second + 1)];
        }
    }
    return joint;
}

}  // namespace

std::optional<Position> position_of(std::span<const Outcome> outcomes,
                                    const Dependence& dependence) {
    Position out;
    bool any_side = outcomes.empty();
    for (const Outcome& outcome : outcomes) {
        any_side = any_side || outcome.side_known;
        if (!has_a_side(outcome)) {
            continue;
        }
        PositionRow& row = outcome.variant_is_a ? out.variant_first : out.variant_second;
        row.wins += outcome.kind == OutcomeKind::kWin;
        row.losses += outcome.kind == OutcomeKind::kLoss;
        row.ties += outcome.kind == OutcomeKind::kTie;
    }
    if (!any_side) {
        return std::nullopt;
    }
    const PositionRow &first = out.variant_first, &second = out.variant_second;
    const std::int64_t n_first = first.wins + first.losses + first.ties,
                       n_second = second.wins + second.losses + second.ties;
    const stats::OrderEffects effects = stats::order_effects(
        {first.wins, first.losses, first.ties}, {second.wins, second.losses, second.ties});
    out.first_shown_wins = effects.first_wins;
    out.second_shown_wins = effects.second_wins;
    const Spread independent{effects.standard_error.value_or(0),
                             stats::normal_critical(kConfidence),
                             ", normal interval",
                             {}};
    std::pair<Spread, Spread> spreads{independent, independent};
    const auto kinds = cluster_sides_of(outcomes, dependence);
    const bool clustered = std::any_of(kinds.begin(), kinds.end(), [](const auto& kind) {
        return kind.first.n_first + kind.first.n_second > 1;
    });
    const bool several = kinds.size() > 1 || (!kinds.empty() && kinds.begin()->second > 1);
    if (clustered && several && effects.bias) {
        spreads = clustered_spreads(
            kinds, effects, static_cast<double>(n_first), static_cast<double>(n_second));
    }
    add_boundaries(spreads, out, kinds);
    out.bias = stratified(effects.bias, spreads.first, n_first + n_second, kBias);
    out.net_stratified = stratified(
        effects.net_stratified, spreads.second, n_first + n_second, kStratified);
    if (effects.first_wins + effects.second_wins > 0) {
        out.p_sign = effects.p_sign;
    }
    if (n_first > 0 && n_second > 0) {
        out.p_fisher = effects.p_fisher;
        out.p_fisher_method = effects.fisher_exact ? "Fisher-Freeman-Halton, exact"
                                                   : "chi-squared approximation";
    }
    return out;
}

std::optional<BothOrders> both_orders_of(std::span<const Outcome> outcomes,
                                         const Dependence& dependence) {
    if (dependence.n_questions == outcomes.size()) {
        return std::nullopt;
    }
    // The two orders are of one pair of answers and one judge: another sample, or another judge of
    // a panel, is no other order.
    std::map<std::tuple<std::uint32_t, int, int>, QuestionSides> pairs;
    for (std::size_t i = 0; i < outcomes.size(); ++i) {
        if (!has_a_side(outcomes[i])) {
            continue;
        }
        QuestionSides&
            pair = pairs[{dependence.question[i], outcomes[i].sample, outcomes[i].judge}];
        ++(outcomes[i].variant_is_a ? pair.n_first : pair.n_second);
        (outcomes[i].variant_is_a ? pair.first : pair.second) = *value_of(outcomes[i].kind);
    }
    std::vector<QuestionSides> questions;
    for (const auto& [place, sides] : pairs) {
        questions.push_back(sides);
    }
    const stats::JointTable joint = joint_of(questions);
    const auto summary = stats::both_orders(joint);
    if (!summary) {
        return std::nullopt;
    }
    BothOrders out;
    out.n = summary->n;
    for (const QuestionSides& q : questions) {
        out.n_one_order += (q.n_first > 0) != (q.n_second > 0);
    }
    out.n_flipped = out.n - joint[0][0] - joint[1][1] - joint[2][2];
    out.flip_rate = wilson_rate(out.n_flipped, out.n, "no question was judged in both orders");
    out.flip_rate.method += " over questions";
    out.primacy_flips = summary->primacy_flips;
    out.recency_flips = summary->recency_flips;
    if (out.primacy_flips + out.recency_flips > 0) {
        out.p_primacy_vs_recency = summary->p_primacy_vs_recency;
    }
    stats::AgreementTable table;
    for (const auto& row : joint) {
        table.emplace_back(row.begin(), row.end());
    }
    out.kappa = stats::cohen_kappa(table);
    out.conservative_wins = summary->conservative_wins;
    out.conservative_ties = summary->conservative_ties;
    out.conservative_losses = summary->conservative_losses;
    for (std::size_t i = 0; i < 3; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            out.means[i + j] += joint[i][j];
        }
    }
    return out;
}

}  // namespace assay::analysis
