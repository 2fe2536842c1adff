#pragma once
// Tail probabilities and quantiles. Total functions: at the edges of a distribution they give the
// limit, never an exception. Upper tails and quantiles of upper tails are functions of their own,
// as 1 - p loses the digits that matter.

#include <cstdint>

namespace assay::stats {

/// P(Z <= z) of the standard normal.
[[nodiscard]] double normal_cdf(double z);
/// P(Z >= z).
[[nodiscard]] double normal_upper(double z);
/// z with P(Z >= z) = p; +inf for p <= 0, -inf for p >= 1.
[[nodiscard]] double normal_upper_quantile(double p);
/// Two-sided critical value of an interval: 1.96 for 0.95. confidence in (0, 1).
[[nodiscard]] double normal_critical(double confidence);

/// P(T >= t) of Student's t; df > 0, infinity gives the normal.
[[nodiscard]] double student_upper(double t, double df);
/// t with P(T >= t) = p; df as above, p as in normal_upper_quantile.
[[nodiscard]] double student_upper_quantile(double p, double df);

/// P(X >= x) of the chi-squared distribution with df > 0; 1 for x <= 0.
[[nodiscard]] double chi_squared_upper(double x, double df);

/// P(X <= k), P(X >= k) and P(X = k) of Bin(n, p): n >= 0, any k, p is taken into [0, 1]. By the
/// regularised incomplete beta function; relative error about 1e-13, also far in the tails;
/// microseconds for any n.
[[nodiscard]] double binomial_cdf(std::int64_t k, std::int64_t n, double p);
[[nodiscard]] double binomial_upper(std::int64_t k, std::int64_t n, double p);
[[nodiscard]] double binomial_pmf(std::int64_t k, std::int64_t n, double p);

/// I_x(a, b), the regularised incomplete beta function, and 1 - I_x(a, b); a, b > 0, x is taken
/// into [0, 1].
[[nodiscard]] double beta_cdf(double x, double a, double b);
[[nodiscard]] double beta_upper(double x, double a, double b);
/// x with I_x(a, b) = p, and with 1 - I_x(a, b) = p; p is taken into [0, 1].
[[nodiscard]] double beta_quantile(double p, double a, double b);
[[nodiscard]] double beta_upper_quantile(double p, double a, double b);
/// ln I_x(a, b) for 0 < x < 1, also where I_x(a, b) is too small for a double.
[[nodiscard]] double log_beta_cdf(double x, double a, double b);

/// ln Gamma(x), x > 0; thread-safe, unlike the C library's.
[[nodiscard]] double log_gamma(double x);
/// ln B(a, b).
[[nodiscard]] double log_beta(double a, double b);
/// ln n!
[[nodiscard]] double log_factorial(std::int64_t n);

}  // namespace assay::stats
