#pragma once
// Homogeneity of a 2 x 3 table: do two rows have the same shares of three columns?

#include <array>
#include <cstdint>

namespace assay::stats {

using Table2x3 = std::array<std::array<std::int64_t, 3>, 2>;

/// Pearson's chi-squared test; columns without an entry are left out. df 0 (and p 1) where nothing
/// can differ.
struct ChiSquaredResult {
    double statistic = 0;
    double df = 0;
    double p = 1;
};
[[nodiscard]] ChiSquaredResult chi_squared_2x3(const Table2x3& table);

/// Most tables with the observed margins that are enumerated (about a quarter of a second); beyond,
/// the p is that of chi_squared_2x3.
inline constexpr double kMaxTables = 2e6;

struct FisherResult {
    double p = 1;
    bool exact = true;  ///< false: chi-squared approximation
};
/// Fisher-Freeman-Halton: the probability, given the margins, of all tables that are at most as
/// likely as the observed one (relative slack 1e-7). Counts >= 0; 1 for an empty table.
[[nodiscard]] FisherResult fisher_2x3(const Table2x3& table);

}  // namespace assay::stats
