#pragma once
// Power and numbers of questions for the mean of n independent values with a known variance, by the
// normal approximation. The values are question means: one verdict of a question, or the mean of
// several. "Ship" is what the labels equivalent and non_inferior have in common: not worse by the
// margin.

#include <cstdint>
#include <optional>

namespace assay::stats {

/// Beyond it a number of questions counts as out of reach.
inline constexpr double kMostQuestions = 1e15;

struct MeanDesign {
    double variance = 0.6;  ///< of one question mean, >= 0
    double delta = 0;       ///< true net win rate
    double margin = 0.1;    ///< > 0
    double alpha = 0.05;    ///< one-sided, in (0, 0.5)
};

/// max(0, Phi((m - D) sqrt(n) / s - z) + Phi((m + D) sqrt(n) / s - z) - 1) for n > 0 questions; 1
/// or 0 without variance.
[[nodiscard]] double power_equivalent(const MeanDesign& design, double n);
/// Phi((m + D) sqrt(n) / s - z) for n > 0 questions; 1 or 0 without variance.
[[nodiscard]] double power_ship(const MeanDesign& design, double n);

/// Smallest n with at least that power in (0, 1); nothing for |delta| >= margin or above
/// kMostQuestions. At delta = 0: ceil((z_{1-alpha} + z_{(1+power)/2})^2 variance / m^2), at
/// least 1.
[[nodiscard]] std::optional<std::int64_t> questions_equivalent(const MeanDesign& design,
                                                               double power);
/// ceil((z_{1-alpha} + z_power)^2 variance / (m + D)^2), at least 1; nothing for delta <= -margin
/// or above kMostQuestions.
[[nodiscard]] std::optional<std::int64_t> questions_ship(const MeanDesign& design, double power);

}  // namespace assay::stats
