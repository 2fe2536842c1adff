#include "assay/stats/fisher.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

void check(const Table2x3& table) {
    for (const auto& row : table) {
        for (const std::int64_t count : row) {
            ASSAY_CHECK(count >= 0);
        }
    }
}

/// ln C(n, k) for k = first .. last.
std::vector<double> log_binomials(std::int64_t n, std::int64_t first, std::int64_t last) {
    std::vector<double> out;
    for (std::int64_t k = first; k <= last; ++k) {
        out.push_back(log_factorial(n) - log_factorial(k) - log_factorial(n - k));
    }
    return out;
}

}  // namespace

ChiSquaredResult chi_squared_2x3(const Table2x3& table) {
    check(table);
    std::array<double, 2> rows{};
    std::array<double, 3> columns{};
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            rows[i] += static_cast<double>(table[i][j]);
            columns[j] += static_cast<double>(table[i][j]);
        }
    }
    const double n = rows[0] + rows[1];
    const auto used = std::count_if(
        columns.begin(), columns.end(), [](double count) { return count > 0; });
    if (rows[0] == 0 || rows[1] == 0 || used < 2) {
        return {};
    }
    ChiSquaredResult out;
    out.df = static_cast<double>(used - 1);
    for (std::size_t i = 0; i < 2; ++i) {
        for (std::size_t j = 0; j < 3; ++j) {
            if (columns[j] == 0) {
                continue;
            }
            const double expected = rows[i] * columns[j] / n,
                         difference = static_cast<double>(table[i][j]) - expected;
            out.statistic += difference * difference / expected;
        }
    }
    out.p = chi_squared_upper(out.statistic, out.df);
    return out;
}

FisherResult fisher_2x3(const Table2x3& table) {
    check(table);
    // Columns by size: the two smaller ones are enumerated, the largest one follows from the row's
    // sum.
    std::array<std::size_t, 3> order{0, 1, 2};
    const auto column = [&](std::size_t j) { return table[0][j] + table[1][j]; };
    std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
        return column(a) < column(b);
    });
    const std::int64_t c0 = column(order[0]), c1 = column(order[1]), c2 = column(order[2]);
    if ((static_cast<double>(c0) + 1) * (static_cast<double>(c1) + 1) > kMaxTables) {
        return {chi_squared_2x3(table).p, false};
    }

    const std::int64_t row = table[0][0] + table[0][1] + table[0][2];
    const std::int64_t first = std::max<std::int64_t>(0, row - c0 - c1), last = std::min(c2, row);
    const std::vector<double> log0 = log_binomials(c0, 0, c0), log1 = log_binomials(c1, 0, c1);
    const std::vector<double> log2 = log_binomials(c2, first, last);
    const auto log_weight = [&](std::int64_t a, std::int64_t b) {
        return log0[static_cast<std::size_t>(a)] + log1[static_cast<std::size_t>(b)] +
               log2[static_cast<std::size_t>(row - a - b - first)];
    };
    const double observed = log_weight(table[0][order[0]], table[0][order[1]]);
    const double limit = observed + std::log1p(1e-7);
    double at_most = 0, more = 0;  // relative to the observed table; what is likelier may be far
                                   // more so, but not by more than a double holds
    double shift = observed;
    for (int pass = 0; pass < 2; ++pass) {
        // First pass: the most likely table's weight, so that no sum overflows. Second pass: the
        // sums.
        for (std::int64_t a = 0; a <= std::min(c0, row); ++a) {
            for (std::int64_t b = std::max<std::int64_t>(0, row - a - last);
                 b <= std::min(c1, row - a - first);
                 ++b) {
                const double weight = log_weight(a, b);
                if (pass == 0) {
                    shift = std::max(shift, weight);
                } else {
                    (weight <= limit ? at_most : more) += std::exp(weight - shift);
                }
            }
        }
    }
    return {more == 0 ? 1.0 : at_most / (at_most + more), true};
}

}  // namespace assay::stats
