#include "assay/stats/bradley_terry.hpp"

#include <array>
#include <cmath>
#include <limits>

#include "assay/base/result.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

/// u_to - u_from <= bound.
struct Constraint {
    std::size_t from;
    std::size_t to;
    double bound;
};

/// Whether some u satisfies all of them: no negative cycle (Bellman-Ford).
bool feasible(std::size_t n, const std::vector<Constraint>& constraints) {
    std::vector<double> u(n, 0.0);
    for (std::size_t round = 0; round <= n; ++round) {
        bool changed = false;
        for (const Constraint& c : constraints) {
            if (u[c.from] + c.bound < u[c.to]) {
                u[c.to] = u[c.from] + c.bound;
                changed = true;
            }
        }
        if (!changed) {
            return true;
        }
    }
    return false;
}

bool reaches_all(std::size_t n, const std::vector<std::vector<std::size_t>>& edges) {
    std::vector<bool> seen(n, false);
    std::vector<std::size_t> open{0};
    seen[0] = true;
    std::size_t count = 1;
    while (!open.empty()) {
        const std::size_t at = open.back();
        open.pop_back();
        for (const std::size_t next : edges[at]) {
            if (seen[next]) {
                continue;
            }
            seen[next] = true;
            ++count;
            open.push_back(next);
        }
    }
    return count == n;
}

/// The model is log-linear, so a finite maximum exists unless some direction (u, v) in (log
/// abilities, log nu) makes every observed outcome at least as likely as its alternatives. v < 0
/// needs that there are no ties; v = 0 that items can be ordered in two groups of which one never
/// loses to the other (a tie counts both ways); v > 0, scaled to 1/2, that u_winner - u_loser >= 1
/// for all wins and |u_i - u_j| <= 1 for all ties.
bool has_finite_maximum(std::size_t n, std::span<const Game> games) {
    std::vector<std::vector<std::size_t>> beats(n), loses_to(n);
    std::vector<Constraint> constraints;
    bool any_tie = false;
    const auto won = [&](std::size_t winner, std::size_t loser) {
        beats[winner].push_back(loser);
        loses_to[loser].push_back(winner);
    };
    for (const Game& game : games) {
        if (game.win_i > 0) {
            won(game.i, game.j);
            constraints.push_back({game.i, game.j, -1});
        }
        if (game.win_j > 0) {
            won(game.j, game.i);
            constraints.push_back({game.j, game.i, -1});
        }
        if (game.tie > 0) {
            any_tie = true;
            won(game.i, game.j);
            won(game.j, game.i);
            constraints.push_back({game.i, game.j, 1});
            constraints.push_back({game.j, game.i, 1});
        }
    }
    return any_tie && reaches_all(n, beats) && reaches_all(n, loses_to) &&
           !feasible(n, constraints);
}

/// Parameters: log abilities of all items but the last one (which is minus their sum), then log nu.
class Likelihood {
 public:
    Likelihood(std::size_t n_items, std::span<const Game> games) : n_(n_items), games_(games) {}

    [[nodiscard]] std::vector<double> abilities(const std::vector<double>& x) const {
        std::vector<double> out(x.begin(), x.end() - 1);
        double last = 0;
        for (const double value : out) {
            last -= value;
        }
        out.push_back(last);
        return out;
    }

    [[nodiscard]] double value(const std::vector<double>& x) const {
        const std::vector<double> ability = abilities(x);
        double total = 0;
        for (const Game& g : games_) {
            const auto logs = log_probabilities(ability, x.back(), g);
            total += g.win_i * logs[0] + g.win_j * logs[1] + g.tie * logs[2];
        }
        return total;
    }

    /// Gradient, and minus the Hessian (the information).
    void derivatives(const std::vector<double>& x,
                     std::vector<double>& gradient,
                     Matrix& information) const {
        const std::vector<double> ability = abilities(x);
        for (const Game& g : games_) {
            const auto logs = log_probabilities(ability, x.back(), g);
            const std::array<double, 3> observed{g.win_i, g.win_j, g.tie};
            const double n = g.win_i + g.win_j + g.tie;
            std::array<std::vector<double>, 3> features{direction(g.i, 1, g.i, 0, 0),
                                                        direction(g.j, 1, g.j, 0, 0),
                                                        direction(g.i, 0.5, g.j, 0.5, 1)};
            std::vector<double> centre(n_, 0.0);
            for (std::size_t k = 0; k < 3; ++k) {
                for (std::size_t a = 0; a < n_; ++a) {
                    centre[a] += std::exp(logs[k]) * features[k][a];
                }
            }
            for (std::size_t k = 0; k < 3; ++k) {
                const double p = std::exp(logs[k]);
                for (std::size_t a = 0; a < n_; ++a) {
                    gradient[a] += (observed[k] - n * p) * features[k][a];
                    for (std::size_t b = 0; b < n_; ++b) {
                        information(a, b) += n * p * (features[k][a] - centre[a]) *
                                             (features[k][b] - centre[b]);
                    }
                }
            }
        }
    }

 private:
    static std::array<double, 3> log_probabilities(const std::vector<double>& ability,
                                                   double log_nu,
                                                   const Game& g) {
        const double i = ability[g.i], j = ability[g.j], tie = log_nu + (i + j) / 2;
        const double largest = std::fmax(std::fmax(i, j), tie);
        const double norm = largest + std::log(std::exp(i - largest) + std::exp(j - largest) +
                                               std::exp(tie - largest));
        return {i - norm, j - norm, tie - norm};
    }

    /// How the log weight of an outcome depends on the parameters.
    [[nodiscard]] std::vector<double> direction(
        std::size_t i, double weight_i, std::size_t j, double weight_j, double nu) const {
        std::vector<double> out(n_, 0.0);
        const auto add = [&](std::size_t item, double weight) {
            if (item + 1 < n_) {
                out[item] += weight;
            } else {
                for (std::size_t a = 0; a + 1 < n_; ++a) {
                    out[a] -= weight;
                }
            }
        };
        add(i, weight_i);
        add(j, weight_j);
        out[n_ - 1] = nu;
        return out;
    }

    std::size_t n_;
    std::span<const Game> games_;
};

std::optional<DavidsonFit> fit_with_errors(std::size_t n_items,
                                           const Likelihood& likelihood,
                                           const std::vector<double>& x) {
    std::vector<double> gradient(n_items, 0.0);
    Matrix information(n_items);
    likelihood.derivatives(x, gradient, information);
    const auto covariance = inverse_spd(information);
    if (!covariance) {
        return std::nullopt;
    }
    DavidsonFit fit;
    fit.log_ability = likelihood.abilities(x);
    fit.log_nu = x.back();
    fit.log_likelihood = likelihood.value(x);
    double last = 0;
    for (std::size_t a = 0; a + 1 < n_items; ++a) {
        fit.se_log_ability.push_back(std::sqrt((*covariance)(a, a)));
        for (std::size_t b = 0; b + 1 < n_items; ++b) {
            last += (*covariance)(a, b);
        }
    }
    fit.se_log_ability.push_back(std::sqrt(last));
    fit.se_log_nu = std::sqrt((*covariance)(n_items - 1, n_items - 1));
    return fit;
}

}  // namespace

std::optional<DavidsonFit> davidson(std::size_t n_items, std::span<const Game> games) {
    ASSAY_CHECK(n_items >= 2);
    for (const Game& g : games) {
        ASSAY_CHECK(g.i < n_items && g.j < n_items && g.i != g.j && g.win_i >= 0 && g.win_j >= 0 &&
                    g.tie >= 0);
    }
    if (!has_finite_maximum(n_items, games)) {
        return std::nullopt;
    }
    const Likelihood likelihood(n_items, games);
    std::vector<double> x(n_items, 0.0);
    double value = likelihood.value(x);
    for (int iteration = 0; iteration < 200; ++iteration) {
        std::vector<double> gradient(n_items, 0.0);
        Matrix information(n_items);
        likelihood.derivatives(x, gradient, information);
        const auto inverse = inverse_spd(information);
        if (!inverse) {
            return std::nullopt;
        }
        const std::vector<double> step = multiply(*inverse, gradient);
        double scale = 1, decrement = 0;
        for (std::size_t a = 0; a < n_items; ++a) {
            decrement += step[a] * gradient[a];
        }
        std::vector<double> next = x;
        for (int halving = 0; halving < 40; ++halving,
                 scale /= 2) {  // concave, so a short enough step never falls by more than rounding
            for (std::size_t a = 0; a < n_items; ++a) {
                next[a] = x[a] + scale * step[a];
            }
            if (likelihood.value(next) >= value - 1e-12 * std::abs(value)) {
                break;
            }
        }
        x = next;
        value = likelihood.value(x);
        if (decrement < 1e-18 * (1 + std::abs(value))) {
            return fit_with_errors(n_items, likelihood, x);
        }
    }
    return std::nullopt;
}

std::optional<DavidsonFit> davidson_penalised(std::size_t n_items,
                                              std::span<const Game> games,
                                              double pseudo) {
    ASSAY_CHECK(pseudo >= 0);
    std::vector<Game> with(games.begin(), games.end());
    for (Game& g : with) {
        if (g.win_i + g.win_j + g.tie == 0) {
            continue;
        }
        g.win_i += pseudo;
        g.win_j += pseudo;
        g.tie += pseudo;
    }
    return davidson(n_items, with);
}

std::optional<RaoKupperFit> rao_kupper(double win_i, double win_j, double tie) {
    ASSAY_CHECK(win_i >= 0 && win_j >= 0 && tie >= 0);
    if (win_i == 0 || win_j == 0) {
        return std::nullopt;
    }
    // odds(p_i) = win_i / (win_j + tie), odds(p_j) = win_j / (win_i + tie)
    const double ratio = std::sqrt(win_i / (win_j + tie) * (win_i + tie) / win_j);
    return RaoKupperFit{std::log(ratio), ratio * (win_j + tie) / win_i};
}

}  // namespace assay::stats
