#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "assay/analysis/small_sample.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/validation/experiments.hpp"

namespace assay::validation {
namespace {

constexpr std::int64_t kFewest = 3;
constexpr std::int64_t kMost = 40;
constexpr int kLossRates = 60;
constexpr double kAlpha = 0.05;

/// An outcome of n comparisons with what is said of it.
struct Cell {
    std::int64_t wins = 0;
    std::int64_t losses = 0;
    double coefficient = 0;
    DecisionLabel by_interval = DecisionLabel::kInconclusive;
    DecisionLabel label = DecisionLabel::kInconclusive;
};

std::vector<Cell> cells_of(std::int64_t n, double margin) {
    const analysis::ExactTests tests(n, margin);
    std::vector<Cell> cells;
    for (std::int64_t wins = 0; wins <= n; ++wins) {
        for (std::int64_t losses = 0; wins + losses <= n; ++losses) {
            const std::int64_t ties = n - wins - losses;
            const auto interval = stats::deciding_interval(stats::net_counts(wins, losses, ties),
                                                           kAlpha);
            SmallSample sample = tests.of(wins, losses);
            sample.n_units = n;
            Cell cell{.wins = wins, .losses = losses};
            cell.coefficient = std::exp(stats::log_factorial(n) - stats::log_factorial(wins) -
                                        stats::log_factorial(losses) - stats::log_factorial(ties));
            cell.by_interval = analysis::label_of(
                stats::region_of(interval->low, interval->high, margin));
            cell.label = analysis::label_with(sample, cell.by_interval, kAlpha);
            cells.push_back(cell);
        }
    }
    return cells;
}

/// The largest chance, over all loss rates that are possible at this net win rate, of a cell that
/// `is_error` holds of.
double largest_error(const std::vector<Cell>& cells,
                     std::int64_t n,
                     double net,
                     const std::function<bool(const Cell&)>& is_error) {
    double worst = 0;
    const double first = std::max(0.0, -net), last = (1 - net) / 2;
    for (int step = 0; step <= kLossRates; ++step) {
        const double loss = first + (last - first) * step / kLossRates,
                     win = std::max(0.0, loss + net), tie = std::max(0.0, 1 - win - loss);
        double chance = 0;
        for (const Cell& cell : cells) {
            if (is_error(cell)) {
                chance += cell.coefficient * std::pow(win, cell.wins) *
                          std::pow(loss, cell.losses) * std::pow(tie, n - cell.wins - cell.losses);
            }
        }
        worst = std::max(worst, chance);
    }
    return worst;
}

struct Errors {
    double equivalent = 0;
    double ships = 0;
    double degraded = 0;
    double ships_by_interval = 0;
};

Errors errors_of(const Scale& scale, double margin) {
    Errors worst;
    const auto raise = [](double& value, double to) { value = std::max(value, to); };
    for (std::int64_t n = kFewest; n <= kMost; n += scale.fast ? 4 : 1) {
        const std::vector<Cell> cells = cells_of(n, margin);
        const auto equivalent = [](const Cell& cell) {
            return cell.label == DecisionLabel::kEquivalent;
        };
        raise(worst.equivalent, largest_error(cells, n, -margin, equivalent));
        raise(worst.equivalent, largest_error(cells, n, margin, equivalent));
        raise(worst.ships,
              largest_error(cells, n, -margin, [](const Cell& c) { return passes(c.label); }));
        raise(worst.degraded, largest_error(cells, n, 0, [](const Cell& cell) {
                  return cell.label == DecisionLabel::kDegraded;
              }));
        raise(worst.ships_by_interval, largest_error(cells, n, -margin, [](const Cell& c) {
                  return passes(c.by_interval);
              }));
    }
    return worst;
}

std::vector<Row> v26(const Scale& scale) {
    constexpr double kNoMore = kAlpha + 1e-5;  // what the exact test's grid may miss
    std::vector<Row> rows;
    for (const double margin : {0.02, 0.05, 0.1, 0.15, 0.2, 0.3}) {
        const Errors errors = errors_of(scale, margin);
        const auto add = [&](const char* what, double error, double low, double high, auto note) {
            rows.push_back({"V26",
                            fmt::format("{}, margin {:g}, worst of N={} to {} and all loss rates",
                                        what,
                                        margin,
                                        kFewest,
                                        kMost),
                            error,
                            low,
                            high,
                            4,
                            note});
        };
        add("equivalent at -margin or +margin", errors.equivalent, 0, kNoMore, "at most alpha");
        add("equivalent or non-inferior at -margin", errors.ships, 0, kNoMore, "at most alpha");
        add("degraded at 0", errors.degraded, 0, kNoMore, "at most alpha");
        add("the interval alone: equivalent or non-inferior at -margin (must fail)",
            errors.ships_by_interval,
            kNoMore,
            0.2,
            "above alpha");
    }
    return rows;
}

}  // namespace

std::vector<Experiment> small_sample_experiments() {
    return {{"V26", v26}};
}

}  // namespace assay::validation
