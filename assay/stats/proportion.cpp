#include "assay/stats/proportion.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {

Interval wilson_with(double x, double n, double critical) {
    ASSAY_CHECK(0 <= x && x <= n && critical > 0);
    if (n == 0) {
        return {};
    }
    const double p = x / n, z2 = critical * critical;
    const double centre = (p + z2 / (2 * n)) / (1 + z2 / n);
    const double half = critical / (1 + z2 / n) * std::sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    Interval out{std::max(0.0, centre - half), std::min(1.0, centre + half)};
    if (x == 0) {
        out.low = 0;
    }
    if (x == n) {
        out.high = 1;
    }
    return out;
}

Interval wilson(std::int64_t x, std::int64_t n, double confidence) {
    return wilson_with(static_cast<double>(x), static_cast<double>(n), normal_critical(confidence));
}

Interval clopper_pearson(std::int64_t x, std::int64_t n, double confidence) {
    ASSAY_CHECK(0 <= x && x <= n && confidence > 0 && confidence < 1);
    if (n == 0) {
        return {};
    }
    const double tail = (1 - confidence) / 2, wins = static_cast<double>(x),
                 rest = static_cast<double>(n - x);
    return {x == 0 ? 0.0 : beta_quantile(tail, wins, rest + 1),
            x == n ? 1.0 : beta_upper_quantile(tail, wins + 1, rest)};
}

double cohens_h(double p1, double p2) {
    ASSAY_CHECK(p1 >= 0 && p1 <= 1 && p2 >= 0 && p2 <= 1);
    return 2 * std::asin(std::sqrt(p1)) - 2 * std::asin(std::sqrt(p2));
}

}  // namespace assay::stats
