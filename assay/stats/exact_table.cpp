// Problem: below some 30 comparisons the score interval's limits are wrong more often than alpha
// says (up to 12 % at 5 %), because its error is that of the normal approximation.
//
// Model: wins, losses and ties are trinomial. Under net = theta0 one parameter is left, the loss
// rate, which nobody knows. For each loss rate of a grid the outcomes are gone through from the
// largest score down, and the probability is summed up: the sum at an outcome is its p value at
// that loss rate. Its p value is the largest of these over the grid. Outcomes of equal score have
// one p.
//
// Invariant: whatever the loss rate is, the chance of a p value of at most alpha is at most alpha.
// It ends after (grid) x (outcomes) steps; no outcome's sum is made twice.

#include "assay/stats/exact_table.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/tango.hpp"

namespace assay::stats {
namespace {

constexpr int kSteps = 400;
constexpr double kSameScore = 1e-9;

struct Cell {
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    double score = 0;
    double coefficient = 0;  // n! / (wins! losses! ties!)
    std::size_t place = 0;
    double p = 0;
};

/// p^k for k = 0 .. n.
std::vector<double> powers_of(double p, std::int64_t n) {
    std::vector<double> out{1};
    for (std::int64_t k = 1; k <= n; ++k) {
        out.push_back(out.back() * p);
    }
    return out;
}

/// From the largest score down.
std::vector<Cell> cells_of(std::int64_t n, double theta0) {
    std::vector<Cell> cells;
    for (std::int64_t wins = 0; wins <= n; ++wins) {
        for (std::int64_t losses = 0; wins + losses <= n; ++losses) {
            const std::int64_t ties = n - wins - losses;
            cells.push_back({.wins = wins,
                             .losses = losses,
                             .score = *tango_z(net_counts(wins, losses, ties), theta0),
                             .coefficient = std::exp(log_factorial(n) - log_factorial(wins) -
                                                     log_factorial(losses) - log_factorial(ties)),
                             .place = cells.size()});
        }
    }
    std::stable_sort(
        cells.begin(), cells.end(), [](const Cell& a, const Cell& b) { return a.score > b.score; });
    return cells;
}

/// Raises each cell's p to what it is at this loss rate, where that is more.
void raise_to(std::vector<Cell>& cells, std::int64_t n, double theta0, double loss) {
    const double win = std::clamp(loss + theta0, 0.0, 1.0);
    const std::vector<double> wins = powers_of(win, n), losses = powers_of(loss, n),
                              ties = powers_of(std::max(0.0, 1 - win - loss), n);
    const auto at = [](const std::vector<double>& powers, std::int64_t k) {
        return powers[static_cast<std::size_t>(k)];
    };
    double sum = 0;
    for (std::size_t first = 0; first < cells.size();) {
        std::size_t end = first;
        for (; end < cells.size() && cells[end].score >= cells[first].score - kSameScore; ++end) {
            const Cell& cell = cells[end];
            sum += cell.coefficient * at(wins, cell.wins) * at(losses, cell.losses) *
                   at(ties, n - cell.wins - cell.losses);
        }
        for (; first < end; ++first) {
            cells[first].p = std::max(cells[first].p, sum);
        }
    }
}

}  // namespace

ExactTable::ExactTable(std::int64_t n, double theta0) : n_(n) {
    ASSAY_CHECK(n >= 1 && n <= kMostExact && theta0 > -1 && theta0 < 1);
    std::vector<Cell> cells = cells_of(n, theta0);
    const double first = std::max(0.0, -theta0), last = (1 - theta0) / 2;
    for (int step = 0; step <= kSteps; ++step) {
        raise_to(cells, n, theta0, first + (last - first) * step / kSteps);
    }
    p_.resize(cells.size());
    for (const Cell& cell : cells) {
        p_[cell.place] = std::min(1.0, cell.p);
    }
}

double ExactTable::p(std::int64_t wins, std::int64_t losses) const {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && wins + losses <= n_);
    return p_[place(wins, losses)];
}

/// As cells_of counts them: n + 1 losses at 0 wins, n at 1 ...
std::size_t ExactTable::place(std::int64_t wins, std::int64_t losses) const {
    return static_cast<std::size_t>(wins * (n_ + 1) - wins * (wins - 1) / 2 + losses);
}

}  // namespace assay::stats
