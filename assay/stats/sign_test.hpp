#pragma once
// Tests of "no difference" on wins and losses. They are reported; equivalence is never concluded
// from them.

#include <cstdint>

namespace assay::stats {

/// p values of the exact sign test (= exact McNemar test): X ~ Bin(wins + losses, 1/2). All 1
/// without a decisive comparison.
struct SignTestResult {
    double two_sided = 1;  ///< min(1, 2 P(X <= min(wins, losses)))
    double less = 1;       ///< P(X <= wins): evidence that wins are rarer
    double greater = 1;    ///< P(X >= wins)
    double mid_p = 1;      ///< two_sided - P(X = min); 1 - P(X = wins) / 2 when wins = losses
                           ///< (Fagerland, Lydersen, Laake 2013)
};
/// Counts >= 0.
[[nodiscard]] SignTestResult sign_test(std::int64_t wins, std::int64_t losses);

/// McNemar's chi-squared test with and without Edwards' continuity correction, max(|b - c| - 1,
/// 0)^2 / (b + c); statistics 0 and p 1 for b + c = 0.
struct McNemarResult {
    double chi2 = 0;
    double p_asymptotic = 1;
    double chi2_corrected = 0;
    double p_corrected = 1;
};
[[nodiscard]] McNemarResult mcnemar(std::int64_t b, std::int64_t c);

/// Two-sided exact binomial test: the probability of all outcomes that are at most as likely as x
/// (relative slack 1e-7, as R's binom.test). 0 <= x <= n, p in [0, 1]. Logarithmic in n.
[[nodiscard]] double binomial_test_minlike(std::int64_t x, std::int64_t n, double p);

}  // namespace assay::stats
