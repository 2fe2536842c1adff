#include "assay/stats/sign_test_power.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"
#include "assay/stats/sample_size.hpp"

namespace assay::stats {
namespace {

constexpr std::int64_t kMaxScan = 1'000'000;

bool rejects(std::int64_t c, std::int64_t n, double alpha) {
    return 2 * binomial_cdf(c, n, 0.5) <= alpha * (1 + 1e-12);
}

double power_with(std::int64_t critical, std::int64_t n, double p) {
    if (critical < 0) {
        return 0;
    }
    return std::min(1.0, binomial_cdf(critical, n, p) + binomial_upper(n - critical, n, p));
}

/// The critical value of n from that of n - 1: it stays or grows by one.
std::int64_t next_critical(std::int64_t previous, std::int64_t n, double alpha) {
    return rejects(previous + 1, n, alpha) ? previous + 1 : previous;
}

/// The exact unconditional power as a function of p, for a number of decisive comparisons that is
/// binomial.
class UnconditionalPower {
 public:
    UnconditionalPower(std::int64_t n, double decisive_rate, double alpha) {
        const double centre = static_cast<double>(n) * decisive_rate;
        // what lies further out has less than 1e-15
        const double reach = 9 * std::sqrt(centre * (1 - decisive_rate)) + 9;
        const std::int64_t first = std::max<std::int64_t>(
            0, static_cast<std::int64_t>(std::floor(centre - reach)));
        const std::int64_t last = std::min(n, static_cast<std::int64_t>(std::ceil(centre + reach)));
        std::int64_t critical = sign_test_critical(first, alpha);
        for (std::int64_t k = first; k <= last; ++k) {
            if (k > first) {
                critical = next_critical(critical, k, alpha);
            }
            terms_.push_back({k, critical, binomial_pmf(k, n, decisive_rate)});
        }
    }

    [[nodiscard]] double at(double p) const {
        double total = 0;
        for (const Term& term : terms_) {
            total += term.weight * power_with(term.critical, term.decisive, p);
        }
        return total;
    }

 private:
    struct Term {
        std::int64_t decisive;
        std::int64_t critical;
        double weight;
    };
    std::vector<Term> terms_;
};

void check(double power, double alpha) {
    ASSAY_CHECK(power > 0 && power < 1 && alpha > 0 && alpha < 1);
}

}  // namespace

std::int64_t sign_test_critical(std::int64_t n, double alpha) {
    ASSAY_CHECK(n >= 0 && alpha > 0 && alpha < 1);
    std::int64_t low = -1, high = n / 2 + 1;  // rejects, does not: 2 P(X <= n / 2) >= 1
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (rejects(middle, n, alpha) ? low : high) = middle;
    }
    return low;
}

SignTestPower sign_test_power(std::int64_t n, double p, double alpha) {
    ASSAY_CHECK(p >= 0 && p <= 1);
    const std::int64_t critical = sign_test_critical(n, alpha);
    return {critical, power_with(critical, n, p)};
}

std::optional<double> sign_test_detectable(std::int64_t n, double power, double alpha) {
    check(power, alpha);
    const std::int64_t critical = sign_test_critical(n, alpha);
    if (critical < 0) {
        return std::nullopt;
    }
    return find_root([&](double p) { return power_with(critical, n, p) - power; }, 0.5, 1.0);
}

std::optional<SignTestSampleSize> sign_test_sample_size(double p, double power, double alpha) {
    check(power, alpha);
    ASSAY_CHECK(p >= 0 && p <= 1);
    // The normal approximation tells a hopeless case before anything is scanned.
    const auto rough = sample_size_superiority({.decisive_rate = 1, .power = power, .alpha = alpha},
                                               2 * p - 1);
    if (!rough || *rough > kMaxScan) {
        return std::nullopt;
    }
    SignTestSampleSize out;
    std::int64_t critical = -1, last_short = 0;
    for (std::int64_t n = 1; out.n_first == 0 || n <= 3 * out.n_first + 60; ++n) {
        if (n > 2 * kMaxScan && out.n_first == 0) {
            return std::nullopt;
        }
        critical = next_critical(critical, n, alpha);
        if (power_with(critical, n, p) < power) {
            last_short = n;
        } else if (out.n_first == 0) {
            out.n_first = n;
        }
    }
    out.n_stable = last_short + 1;
    return out;
}

std::optional<NetDetectable> net_detectable(std::int64_t n,
                                            double decisive_rate,
                                            double power,
                                            double alpha) {
    check(power, alpha);
    ASSAY_CHECK(n >= 0 && decisive_rate >= 0 && decisive_rate <= 1);
    if (n == 0 || decisive_rate == 0) {
        return std::nullopt;
    }
    if (n > kExactNetLimit) {
        const auto normal = mde_net_normal(
            {.decisive_rate = decisive_rate, .power = power, .alpha = alpha},
            static_cast<double>(n));
        if (!normal || normal->net > decisive_rate) {
            return std::nullopt;
        }
        return NetDetectable{normal->net, false};
    }
    const UnconditionalPower unconditional(n, decisive_rate, alpha);
    const auto p = find_root(
        [&](double share) { return unconditional.at(share) - power; }, 0.5, 1.0);
    if (!p) {
        return std::nullopt;
    }
    return NetDetectable{decisive_rate * (2 * *p - 1), true};
}

}  // namespace assay::stats
