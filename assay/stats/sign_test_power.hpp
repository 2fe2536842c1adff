#pragma once
// Exact power of the two-sided sign test, and what follows from it. The test rejects when min(wins,
// losses) <= c, the largest c with 2 P(X <= c) <= alpha; its power is saw-toothed in n.

#include <cstdint>
#include <optional>

namespace assay::stats {

/// The largest c with 2 P(Bin(n, 1/2) <= c) <= alpha (relative slack 1e-12); -1: the test never
/// rejects. n >= 0, alpha in (0, 1).
[[nodiscard]] std::int64_t sign_test_critical(std::int64_t n, double alpha);

struct SignTestPower {
    std::int64_t critical_c = -1;
    double power = 0;
};
/// With n decisive comparisons of which a share p in [0, 1] is won in truth.
[[nodiscard]] SignTestPower sign_test_power(std::int64_t n, double p, double alpha);

/// The p > 1/2 at which n decisive comparisons have exactly that power in (0, 1). Nothing where the
/// test never rejects, or where its size at p = 1/2 has that power already.
[[nodiscard]] std::optional<double> sign_test_detectable(std::int64_t n,
                                                         double power,
                                                         double alpha);

struct SignTestSampleSize {
    std::int64_t n_first = 0;   ///< first n of decisive comparisons that reaches the power
    std::int64_t n_stable = 0;  ///< from here on every n does (looked at up to 3 n_first + 60)
};
/// Nothing at p = 1/2, and where more than 10^6 decisive comparisons are needed.
[[nodiscard]] std::optional<SignTestSampleSize> sign_test_sample_size(double p,
                                                                      double power,
                                                                      double alpha);

/// Up to this many comparisons `net_detectable` is exact; above, the normal closed form
/// (mde_net_normal) is used: they differ by less than 1 % of the value there.
inline constexpr std::int64_t kExactNetLimit = 10'000;

struct NetDetectable {
    double net = 0;
    bool exact = true;
};
/// Smallest true net win rate that the sign test shows with that power among n comparisons,
/// whatever number of them turns out decisive: the power is the mean over D ~ Bin(n, decisive_rate)
/// of the sign test's with D decisive comparisons and p = 1/2 + net / (2 decisive_rate). Nothing
/// where even p = 1 does not reach the power. decisive_rate in [0, 1].
[[nodiscard]] std::optional<NetDetectable> net_detectable(std::int64_t n,
                                                          double decisive_rate,
                                                          double power,
                                                          double alpha);

}  // namespace assay::stats
