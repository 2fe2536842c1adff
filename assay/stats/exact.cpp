#include "assay/stats/exact.hpp"

#include <algorithm>
#include <boost/math/tools/minima.hpp>
#include <cmath>
#include <limits>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/sign_test_power.hpp"

namespace assay::stats {
namespace {

constexpr std::int64_t kMaxOperating = 20'000;
constexpr std::int64_t kMaxUnconditional = 300;

/// k ln p, with 0 ln 0 = 0.
double power_log(std::int64_t k, double p) {
    if (k == 0) {
        return 0;
    }
    return p > 0 ? static_cast<double>(k) * std::log(p) : -std::numeric_limits<double>::infinity();
}

std::vector<double> log_factorials(std::int64_t n) {
    std::vector<double> out;
    for (std::int64_t k = 0; k <= n; ++k) {
        out.push_back(log_factorial(k));
    }
    return out;
}

struct Term {
    std::int64_t wins;
    std::int64_t losses;
    double log_coefficient;
};

/// Probability of the cells at loss rate `loss`, with net = -margin.
double probability_of(const std::vector<Term>& cells, std::int64_t n, double margin, double loss) {
    const double win = std::max(0.0, loss - margin), tie = std::max(0.0, 1 - win - loss);
    std::vector<double> log_win, log_loss, log_tie;
    for (std::int64_t k = 0; k <= n; ++k) {
        log_win.push_back(power_log(k, win));
        log_loss.push_back(power_log(k, loss));
        log_tie.push_back(power_log(k, tie));
    }
    double total = 0;
    for (const Term& cell : cells) {
        total += std::exp(cell.log_coefficient + log_win[static_cast<std::size_t>(cell.wins)] +
                          log_loss[static_cast<std::size_t>(cell.losses)] +
                          log_tie[static_cast<std::size_t>(n - cell.wins - cell.losses)]);
    }
    return total;
}

}  // namespace

std::optional<OperatingCharacteristics> operating_characteristics(const OperatingDesign& design) {
    ASSAY_CHECK(design.margin > 0 && design.margin < 1 && design.alpha > 0 && design.alpha < 0.5);
    const double d = design.decisive_rate;
    if (!(d >= 0 && d <= 1) || std::abs(design.delta) > d || design.n < 1 ||
        design.n > kMaxOperating) {
        return std::nullopt;
    }
    const double p_win = (d + design.delta) / 2, p_loss = (d - design.delta) / 2;
    const double z = normal_upper_quantile(design.alpha),
                 z_two = normal_upper_quantile(design.alpha / 2);
    const std::vector<double> log_fact = log_factorials(design.n);
    OperatingCharacteristics out;
    for (std::int64_t decisive = 0; decisive <= design.n; ++decisive) {
        const std::int64_t ties = design.n - decisive,
                           critical = sign_test_critical(decisive, design.alpha);
        const double log_ties = log_fact.back() - log_fact[static_cast<std::size_t>(ties)] +
                                power_log(ties, 1 - d);
        for (std::int64_t wins = 0; wins <= decisive; ++wins) {
            const std::int64_t losses = decisive - wins;
            const double p = std::exp(log_ties - log_fact[static_cast<std::size_t>(wins)] -
                                      log_fact[static_cast<std::size_t>(losses)] +
                                      power_log(wins, p_win) + power_log(losses, p_loss));
            if (p < 1e-25) {
                continue;  // 2 10^8 of them at most: far below what is asked for
            }
            // The limits against a value are the scores against the quantile: low > x exactly when
            // Z(x) > z.
            const NetCounts counts = net_counts(wins, losses, ties);
            const bool above_minus_margin = *tango_z(counts, -design.margin) > z;
            if (above_minus_margin) {
                (*tango_z(counts, design.margin) < -z ? out.p_equivalent : out.p_non_inferior) += p;
            } else {
                (*tango_z(counts, 0) < -z ? out.p_degraded : out.p_inconclusive) += p;
            }
            if (std::abs(*tango_z(counts, design.delta)) <= z_two) {
                out.tango_coverage += p;
            }
            if (std::min(wins, losses) <= critical) {
                out.sign_test_reject += p;
            }
        }
    }
    return out;
}

std::optional<double> exact_unconditional_noninferiority(std::int64_t wins,
                                                         std::int64_t losses,
                                                         std::int64_t n,
                                                         double margin) {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && wins + losses <= n && margin > 0 && margin < 1);
    if (n == 0 || n > kMaxUnconditional) {
        return std::nullopt;
    }
    const double observed = *tango_z(net_counts(wins, losses, n - wins - losses), -margin);
    const std::vector<double> log_fact = log_factorials(n);
    std::vector<Term> cells;
    for (std::int64_t w = 0; w <= n; ++w) {
        for (std::int64_t l = 0; w + l <= n; ++l) {
            if (*tango_z(net_counts(w, l, n - w - l), -margin) < observed - 1e-9) {
                continue;
            }
            cells.push_back({w,
                             l,
                             log_fact.back() - log_fact[static_cast<std::size_t>(w)] -
                                 log_fact[static_cast<std::size_t>(l)] -
                                 log_fact[static_cast<std::size_t>(n - w - l)]});
        }
    }
    // The probability is a polynomial in the loss rate with several local maxima.
    constexpr int kSteps = 2000;
    const double first = margin, last = (1 + margin) / 2, step = (last - first) / kSteps;
    const auto at = [&](double loss) {
        return probability_of(cells, n, margin, std::clamp(loss, first, last));
    };
    double best = 0, best_loss = first;
    for (int i = 0; i <= kSteps; ++i) {
        const double loss = first + i * step, p = at(loss);
        if (p > best) {
            best = p;
            best_loss = loss;
        }
    }
    const auto refined = boost::math::tools::brent_find_minima(
        [&](double loss) { return -at(loss); },
        std::max(first, best_loss - step),
        std::min(last, best_loss + step),
        40);
    return std::min(1.0, std::max(best, -refined.second));
}

}  // namespace assay::stats
