#include "assay/stats/sign_test.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {

SignTestResult sign_test(std::int64_t wins, std::int64_t losses) {
    ASSAY_CHECK(wins >= 0 && losses >= 0);
    const std::int64_t n = wins + losses, fewer = std::min(wins, losses);
    if (n == 0) {
        return {};
    }
    SignTestResult out;
    out.less = binomial_cdf(wins, n, 0.5);
    out.greater = binomial_upper(wins, n, 0.5);
    if (wins == losses) {
        out.two_sided = 1;
        out.mid_p = 1 - binomial_pmf(wins, n, 0.5) / 2;
        return out;
    }
    const double tail = binomial_cdf(fewer, n, 0.5);
    out.two_sided = std::min(1.0, 2 * tail);
    // = 2 tail - P(X = fewer), without the difference
    out.mid_p = std::min(1.0, tail + binomial_cdf(fewer - 1, n, 0.5));
    return out;
}

McNemarResult mcnemar(std::int64_t b, std::int64_t c) {
    ASSAY_CHECK(b >= 0 && c >= 0);
    if (b + c == 0) {
        return {};
    }
    const double root = std::sqrt(static_cast<double>(b + c));
    const double difference = std::abs(static_cast<double>(b - c));
    const double z = difference / root, z_corrected = std::max(difference - 1, 0.0) / root;
    return {.chi2 = z * z,
            .p_asymptotic = std::erfc(z / std::numbers::sqrt2),
            .chi2_corrected = z_corrected * z_corrected,
            .p_corrected = std::erfc(z_corrected / std::numbers::sqrt2)};
}

double binomial_test_minlike(std::int64_t x, std::int64_t n, double p) {
    ASSAY_CHECK(0 <= x && x <= n && p >= 0 && p <= 1);
    if (n == 0) {
        return 1.0;
    }
    if (p == 0) {
        return x == 0 ? 1.0 : 0.0;
    }
    if (p == 1) {
        return x == n ? 1.0 : 0.0;
    }
    const double limit = binomial_pmf(x, n, p) * (1 + 1e-7);
    // The pmf rises up to the mode and falls from there on, so the outcomes that are at most as
    // likely are two tails.
    const auto mode = std::clamp<std::int64_t>(
        static_cast<std::int64_t>(std::floor(static_cast<double>(n + 1) * p)), 0, n);
    if (binomial_pmf(mode, n, p) <= limit) {
        return 1.0;
    }
    std::int64_t low = -1, high = mode;  // largest k < mode that is at most as likely, by bisection
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (binomial_pmf(middle, n, p) <= limit ? low : high) = middle;
    }
    const std::int64_t last_of_lower = low;
    low = mode;
    high = n + 1;
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (binomial_pmf(middle, n, p) <= limit ? high : low) = middle;
    }
    return std::min(1.0, binomial_cdf(last_of_lower, n, p) + binomial_upper(high, n, p));
}

}  // namespace assay::stats
