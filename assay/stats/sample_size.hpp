#pragma once
// Power, smallest detectable effects and sample sizes by the normal approximation, for the net win
// rate with ties kept in n. They are close: n = 514, decisive rate 0.6, margin 0.1 is planned at
// 0.80 and has an exact power of 0.8034. Nothing is returned where no number of comparisons will
// do, or where the design contradicts itself.

#include <cstdint>
#include <optional>

namespace assay::stats {

struct EquivalenceDesign {
    double decisive_rate = 0.6;  ///< wins and losses among all comparisons, in [0, 1]
    double delta = 0;            ///< true net win rate, delta^2 <= decisive_rate
    double margin = 0.1;         ///< > 0
    double alpha = 0.05;         ///< one-sided, in (0, 0.5)
};

/// Power of the equivalence test with n > 0 comparisons: max(0, Phi((m - D) sqrt(n) / s - z) +
/// Phi((m + D) sqrt(n) / s
/// - z) - 1), s^2 = d - D^2.
[[nodiscard]] std::optional<double> tost_power_normal(const EquivalenceDesign& design, double n);
/// Smallest n with at least that power in (0, 1); nothing for |delta| >= margin or above 10^15.
[[nodiscard]] std::optional<std::int64_t> sample_size_equivalence(const EquivalenceDesign& design,
                                                                  double power);
/// ceil((z_{1-alpha} + z_power)^2 (d - D^2) / (m + D)^2), at least 1; nothing for delta <= -margin.
[[nodiscard]] std::optional<std::int64_t> sample_size_noninferiority(
    const EquivalenceDesign& design, double power);

struct DifferenceDesign {
    double decisive_rate = 0.6;  ///< in [0, 1]
    double power = 0.8;          ///< in (0, 1)
    double alpha = 0.05;         ///< two-sided, in (0, 1)
};
/// ceil(((z_{1-alpha/2} sqrt d + z_power sqrt(d - D^2)) / D)^2), at least 1 (Miettinen 1968, Connor
/// 1987); nothing for delta = 0.
[[nodiscard]] std::optional<std::int64_t> sample_size_superiority(const DifferenceDesign& design,
                                                                  double delta);

/// Smallest true net win rate that a two-sided test of n > 0 comparisons shows with that power: the
/// solution D of sqrt(n) D = z_{1-alpha/2} sqrt d + z_power sqrt(d - D^2).
struct NormalMde {
    double net = 0;
    double score = 0;                         ///< net / 2: on the scale (wins + ties / 2) / n
    std::optional<double> decisive_win_rate;  ///< net / (2 d): distance of the decisive win rate
                                              ///< from one half; may exceed what is possible
};
[[nodiscard]] std::optional<NormalMde> mde_net_normal(const DifferenceDesign& design, double n);

}  // namespace assay::stats
