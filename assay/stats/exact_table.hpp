#pragma once
// The exact unconditional test of a net win rate, for all outcomes of n comparisons at once. Where
// comparisons are few, the score interval errs more often than alpha says; this test never does.

#include <cstdint>
#include <vector>

namespace assay::stats {

/// Coefficients of more do not fit a double with all their digits.
inline constexpr std::int64_t kMostExact = 100;

/// p values of H0: net <= theta0 against net > theta0, for every (wins, losses) of n independent
/// comparisons. Outcomes are ordered by Tango's score at theta0. The p of an outcome is the
/// largest probability, over all loss rates that net = theta0 allows, of a score at least as large
/// (Hsueh, Liu, Chen 2001, Biometrics 57:478). The loss rate is taken from a grid of 401; for n
/// <= 40 a p value near 0.05 is then too small by 1e-5 at most.
///
/// The other side, H0: net >= theta0, is the table of -theta0 with wins and losses exchanged.
class ExactTable {
 public:
    /// n in 1 .. kMostExact, theta0 in (-1, 1). Time and memory grow with n^2.
    ExactTable(std::int64_t n, double theta0);

    /// wins, losses >= 0, wins + losses <= n.
    [[nodiscard]] double p(std::int64_t wins, std::int64_t losses) const;

 private:
    [[nodiscard]] std::size_t place(std::int64_t wins, std::int64_t losses) const;

    std::int64_t n_;
    std::vector<double> p_;
};

}  // namespace assay::stats
