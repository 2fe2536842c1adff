#include "assay/stats/distributions.hpp"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <boost/math/special_functions/beta.hpp>
#include <boost/math/special_functions/erf.hpp>
#include <boost/math/special_functions/gamma.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "assay/base/result.hpp"

namespace assay::stats {
namespace {

namespace bm = boost::math;
namespace bp = boost::math::policies;

// Boost's default policy throws. Domains are checked here, and what is left (overflow, underflow)
// has a meaningful limit.
using Quiet = bp::policy<bp::domain_error<bp::ignore_error>,
                         bp::pole_error<bp::ignore_error>,
                         bp::overflow_error<bp::ignore_error>,
                         bp::evaluation_error<bp::ignore_error>,
                         bp::indeterminate_result_error<bp::ignore_error>>;

constexpr double kInfinity = std::numeric_limits<double>::infinity();

}  // namespace

double normal_cdf(double z) {
    return 0.5 * std::erfc(-z / std::numbers::sqrt2);
}

double normal_upper(double z) {
    return 0.5 * std::erfc(z / std::numbers::sqrt2);
}

double normal_upper_quantile(double p) {
    if (p <= 0) {
        return kInfinity;
    }
    if (p >= 1) {
        return -kInfinity;
    }
    return std::numbers::sqrt2 * bm::erfc_inv(2 * p, Quiet());
}

double normal_critical(double confidence) {
    ASSAY_CHECK(confidence > 0 && confidence < 1);
    return normal_upper_quantile((1 - confidence) / 2);
}

double student_upper(double t, double df) {
    ASSAY_CHECK(df > 0);
    if (std::isinf(df)) {
        return normal_upper(t);
    }
    if (std::isinf(t)) {
        return t > 0 ? 0.0 : 1.0;
    }
    return bm::cdf(bm::complement(bm::students_t_distribution<double, Quiet>(df), t));
}

double student_upper_quantile(double p, double df) {
    ASSAY_CHECK(df > 0);
    if (p <= 0) {
        return kInfinity;
    }
    if (p >= 1) {
        return -kInfinity;
    }
    if (std::isinf(df)) {
        return normal_upper_quantile(p);
    }
    return bm::quantile(bm::complement(bm::students_t_distribution<double, Quiet>(df), p));
}

double chi_squared_upper(double x, double df) {
    ASSAY_CHECK(df > 0);
    if (x <= 0) {
        return 1.0;
    }
    if (std::isinf(x)) {
        return 0.0;
    }
    return bm::gamma_q(df / 2, x / 2, Quiet());
}

double binomial_cdf(std::int64_t k, std::int64_t n, double p) {
    ASSAY_CHECK(n >= 0);
    if (k < 0) {
        return 0.0;
    }
    if (k >= n) {
        return 1.0;
    }
    return beta_upper(p, static_cast<double>(k) + 1, static_cast<double>(n - k));
}

double binomial_upper(std::int64_t k, std::int64_t n, double p) {
    ASSAY_CHECK(n >= 0);
    if (k <= 0) {
        return 1.0;
    }
    if (k > n) {
        return 0.0;
    }
    return beta_cdf(p, static_cast<double>(k), static_cast<double>(n - k) + 1);
}

double binomial_pmf(std::int64_t k, std::int64_t n, double p) {
    ASSAY_CHECK(n >= 0);
    if (k < 0 || k > n) {
        return 0.0;
    }
    if (p <= 0) {
        return k == 0 ? 1.0 : 0.0;
    }
    if (p >= 1) {
        return k == n ? 1.0 : 0.0;
    }
    if (k == 0) {
        return std::exp(static_cast<double>(n) * std::log1p(-p));
    }
    if (k == n) {
        return std::exp(static_cast<double>(n) * std::log(p));
    }
    // d/dp I_p(k, n - k + 1) = k C(n, k) p^(k-1) (1-p)^(n-k)
    return bm::ibeta_derivative(
               static_cast<double>(k), static_cast<double>(n - k) + 1, p, Quiet()) *
           p / static_cast<double>(k);
}

double beta_cdf(double x, double a, double b) {
    ASSAY_CHECK(a > 0 && b > 0);
    if (x <= 0) {
        return 0.0;
    }
    if (x >= 1) {
        return 1.0;
    }
    return bm::ibeta(a, b, x, Quiet());
}

double beta_upper(double x, double a, double b) {
    ASSAY_CHECK(a > 0 && b > 0);
    if (x <= 0) {
        return 1.0;
    }
    if (x >= 1) {
        return 0.0;
    }
    return bm::ibetac(a, b, x, Quiet());
}

double beta_quantile(double p, double a, double b) {
    ASSAY_CHECK(a > 0 && b > 0);
    if (p <= 0) {
        return 0.0;
    }
    if (p >= 1) {
        return 1.0;
    }
    return bm::ibeta_inv(a, b, p, Quiet());
}

double beta_upper_quantile(double p, double a, double b) {
    ASSAY_CHECK(a > 0 && b > 0);
    if (p <= 0) {
        return 1.0;
    }
    if (p >= 1) {
        return 0.0;
    }
    return bm::ibetac_inv(a, b, p, Quiet());
}

double log_beta_cdf(double x, double a, double b) {
    ASSAY_CHECK(x > 0 && x < 1);
    const double direct = beta_cdf(x, a, b);
    if (direct > 1e-280) {
        return std::log(direct);
    }
    // Far in the lower tail x < a / (a + b), so the terms of x^a (1-x)^b / (a B(a,b)) * sum_k
    // prod_{i<k} (a+b+i)/(a+1+i) x fall geometrically (DLMF 8.17.8).
    double term = 1, sum = 1;
    for (int i = 0; i < 100000 && term > sum * 1e-17; ++i) {
        term *= (a + b + i) / (a + 1 + i) * x;
        sum += term;
    }
    return a * std::log(x) + b * std::log1p(-x) - std::log(a) - log_beta(a, b) + std::log(sum);
}

double log_gamma(double x) {
    ASSAY_CHECK(x > 0);
    return bm::lgamma(x, Quiet());
}

double log_beta(double a, double b) {
    return log_gamma(a) + log_gamma(b) - log_gamma(a + b);
}

double log_factorial(std::int64_t n) {
    ASSAY_CHECK(n >= 0);
    return log_gamma(static_cast<double>(n) + 1);
}

}  // namespace assay::stats
