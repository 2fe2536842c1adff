#include "assay/validation/draws.hpp"

#include <cmath>
#include <utility>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::validation {

int draw_verdict(Rng& rng, const Truth& truth) {
    const double u = rng.uniform();
    if (u >= truth.decisive_rate) {
        return 0;
    }
    return u < (truth.decisive_rate + truth.delta) / 2 ? 1 : -1;
}

OutcomeKind kind_of(int verdict) {
    if (verdict == 0) {
        return OutcomeKind::kTie;
    }
    return verdict > 0 ? OutcomeKind::kWin : OutcomeKind::kLoss;
}

stats::NetCounts draw_counts(Rng& rng, std::int64_t n, const Truth& truth) {
    stats::NetCounts counts{.n = static_cast<double>(n)};
    for (std::int64_t i = 0; i < n; ++i) {
        const int verdict = draw_verdict(rng, truth);
        counts.wins += verdict > 0;
        counts.losses += verdict < 0;
    }
    return counts;
}

DecisionTable::DecisionTable(std::int64_t n, std::function<int(const stats::NetCounts&)> decide)
    : n_(n),
      decide_(std::move(decide)),
      cells_(std::make_unique<std::atomic<signed char>[]>(
          static_cast<std::size_t>((n + 1) * (n + 1)))) {}

int DecisionTable::at(const stats::NetCounts& counts) {
    ASSAY_CHECK(counts.n == static_cast<double>(n_));
    const auto wins = static_cast<std::int64_t>(counts.wins),
               losses = static_cast<std::int64_t>(counts.losses);
    std::atomic<signed char>& cell = cells_[static_cast<std::size_t>(wins * (n_ + 1) + losses)];
    signed char known = cell;  // 0: not yet; else the decision + 1
    if (known == 0) {
        known = static_cast<signed char>(decide_(counts) + 1);
        cell = known;
    }
    return known - 1;
}

DecisionTable region_table(std::int64_t n, double margin, double alpha) {
    return {n, [=](const stats::NetCounts& counts) {
                const auto interval = stats::deciding_interval(counts, alpha);
                return static_cast<int>(stats::region_of(interval->low, interval->high, margin));
            }};
}

double exact_probability(std::int64_t n,
                         const Truth& truth,
                         const std::function<bool(const stats::NetCounts&)>& holds) {
    const double p_win = (truth.decisive_rate + truth.delta) / 2,
                 p_loss = (truth.decisive_rate - truth.delta) / 2;
    double total = 0;
    for (std::int64_t wins = 0; wins <= n; ++wins) {
        for (std::int64_t losses = 0; wins + losses <= n; ++losses) {
            const std::int64_t ties = n - wins - losses;
            if (!holds(stats::net_counts(wins, losses, ties))) {
                continue;
            }
            total += std::exp(stats::log_factorial(n) - stats::log_factorial(wins) -
                              stats::log_factorial(losses) - stats::log_factorial(ties)) *
                     std::pow(p_win, static_cast<double>(wins)) *
                     std::pow(p_loss, static_cast<double>(losses)) *
                     std::pow(1 - truth.decisive_rate, static_cast<double>(ties));
        }
    }
    return total;
}

}  // namespace assay::validation
