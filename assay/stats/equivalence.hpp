#pragma once
// "As good as": two one-sided tests against a margin, and the decision by one interval. Everything
// here uses the same score statistic, so p_tost < alpha exactly when the 1 - 2 alpha interval lies
// inside (-margin, margin).

#include <cstdint>
#include <limits>
#include <optional>

#include "assay/stats/tango.hpp"

namespace assay::stats {

/// degrees of freedom of the normal distribution
inline constexpr double kNormal = std::numeric_limits<double>::infinity();

/// Score TOST. p_lower: H0 net <= -margin, p_upper: H0 net >= margin, p_tost: the larger one.
struct TostResult {
    double z_lower = 0;
    double z_upper = 0;
    double p_lower = 1;
    double p_upper = 1;
    double p_tost = 1;
};
/// Of the score at -margin and at +margin; `df`: degrees of freedom of Student's t.
[[nodiscard]] TostResult tost_of(double z_lower, double z_upper, double df);
/// margin in (0, 1]; `df`: degrees of freedom of Student's t where the counts are effective ones.
/// Nothing for n = 0.
[[nodiscard]] std::optional<TostResult> tost_score(const NetCounts& counts,
                                                   double margin,
                                                   double df = kNormal);

/// Tango's 1 - 2 alpha interval; alpha in (0, 0.5).
[[nodiscard]] std::optional<NetInterval> deciding_interval(const NetCounts& counts,
                                                           double alpha,
                                                           double df = kNormal);

/// Smallest margin at which these data are equivalent at one-sided alpha: max(|low|, |high|) of the
/// deciding interval.
[[nodiscard]] std::optional<double> smallest_equivalence_margin(const NetCounts& counts,
                                                                double alpha,
                                                                double df = kNormal);

/// Exact binomial TOST of the decisive win rate against 1/2 -+ margin; all 1 without a decisive
/// comparison. margin >= 0.
struct BinomialTost {
    double p_lower = 1;  ///< P(X >= wins | 1/2 - margin)
    double p_upper = 1;  ///< P(X <= wins | 1/2 + margin)
    double p_tost = 1;
};
[[nodiscard]] BinomialTost tost_binomial_decisive(std::int64_t wins,
                                                  std::int64_t losses,
                                                  double margin);

/// The four regions partition all intervals; no correction between them is needed (Goeman, Solari,
/// Stijnen 2010, Stat Med 29:2117).
enum class Region {
    kEquivalent,   ///< low > -margin and high < margin
    kNonInferior,  ///< low > -margin and high >= margin
    kDegraded,     ///< low <= -margin and high < 0
    kInconclusive,
};
[[nodiscard]] Region region_of(double low, double high, double margin);

struct NetDecision {
    Region region = Region::kInconclusive;
    NetInterval interval;
    bool detectably_worse = false;   ///< high < 0
    bool detectably_better = false;  ///< low > 0
    bool beyond_margin = false;      ///< high <= -margin
    /// Comparisons in all for the stated power of equivalence, at a true difference of 0 and at the
    /// observed one (nothing: out of reach). The decisive rate is planned as (wins + losses + 1) /
    /// (n + 2).
    std::optional<std::int64_t> n_total_if_zero;
    std::optional<std::int64_t> n_more_if_zero;
    std::optional<std::int64_t> n_total_if_observed;
};
struct DecisionRule {
    double margin = 0.1;  ///< in (0, 1)
    double alpha = 0.05;  ///< one-sided, in (0, 0.5)
    double power = 0.8;   ///< in (0, 1)
    double df = kNormal;
};
/// Real-valued counts give real-valued planning: n_total_* are effective comparisons then. Nothing
/// for n = 0.
[[nodiscard]] std::optional<NetDecision> decide(const NetCounts& counts, const DecisionRule& rule);

}  // namespace assay::stats
