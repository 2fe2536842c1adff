#pragma once
// Tango's score statistic and interval for the net win rate (wins - losses) / n (Tango 1998,
// Statistics in Medicine 17:891). It needs only wins, losses and n, works with zero cells, and its
// inversion agrees with the score TOST of equivalence.hpp. Assumption: independent comparisons.
// Dependent ones: divide the counts by the design effect
// (`effective`).

#include <cstdint>
#include <optional>

namespace assay::stats {

/// Counts of one comparison; real-valued, as they may have been divided by a design effect. wins,
/// losses >= 0, wins + losses <= n.
struct NetCounts {
    double wins = 0;
    double losses = 0;
    double n = 0;  ///< ties included
};
[[nodiscard]] NetCounts net_counts(std::int64_t wins, std::int64_t losses, std::int64_t ties);
/// All counts divided by a design effect > 0.
[[nodiscard]] NetCounts effective(const NetCounts& counts, double design_effect);

/// Score statistic of H0: net = delta, decreasing in delta; (W - L) / sqrt(W + L) at 0. Infinite
/// where H0 makes the data impossible, 0 where the data are exactly what H0 says with certainty
/// (all ties at 0). delta in [-1, 1]; nothing for n = 0.
[[nodiscard]] std::optional<double> tango_z(const NetCounts& counts, double delta);

struct NetInterval {
    double estimate = 0;
    double low = -1;
    double high = 1;
};
/// The limits are the roots of Z(low) = +critical and Z(high) = -critical; -1 if all were lost, +1
/// if all were won;
/// +-c^2 / (n + c^2) if all were ties. critical > 0 may be a normal or a Student quantile. Nothing
/// for n = 0.
[[nodiscard]] std::optional<NetInterval> tango_interval(const NetCounts& counts, double critical);

}  // namespace assay::stats
