#include "assay/stats/bayes.hpp"

#include <algorithm>
#include <boost/math/quadrature/tanh_sinh.hpp>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

constexpr double kNegligible = 1e-15;  ///< probability of D that is left out on each side

/// P(net > t | D = x) for x > t > 0, with above = x - t.
double upper_given(const DirichletParameters& q, double x, double above) {
    // P(share > (1 + t / x) / 2)
    return above > 0 ? beta_cdf(above / (2 * x), q.loss, q.win) : 0.0;
}

/// P(net > t) for 0 < t < 1: the integral over D ~ Beta(win + loss, tie) from t on, as net cannot
/// exceed D.
double upper_of_positive(const DirichletParameters& q, double t) {
    thread_local boost::math::quadrature::tanh_sinh<double> integrator(15);
    constexpr double kTolerance = 1e-10;
    const double a = q.win + q.loss, b = q.tie, log_scale = -log_beta(a, b);
    if (b < 1) {
        // The density is infinite at 1; in v = (1 - x)^b that factor is gone.
        const auto integrand = [&](double v) {
            const double x = 1 - std::pow(v, 1 / b);
            return x > 0
                       ? std::exp(log_scale + (a - 1) * std::log(x)) / b * upper_given(q, x, x - t)
                       : 0.0;
        };
        return integrator.integrate(integrand, 0.0, std::pow(1 - t, b), kTolerance);
    }
    const double low = std::max(t, beta_quantile(kNegligible, a, b)),
                 high = beta_upper_quantile(kNegligible, a, b);
    if (!(low < high)) {
        return 0;
    }
    const auto integrand = [&](double x, double to_end) {
        // to_end: low - x or high - x, whichever end is nearer; exact where x itself is rounded.
        const double above = low == t && to_end < 0 ? -to_end : x - t;
        if (!(x > 0) || !(x < 1)) {
            return 0.0;
        }
        return std::exp(log_scale + (a - 1) * std::log(x) + (b - 1) * std::log1p(-x)) *
               upper_given(q, x, above);
    };
    return integrator.integrate(integrand, low, high, kTolerance);
}

double upper(const DirichletParameters& q, double t) {
    if (t >= 1) {
        return 0;
    }
    if (t <= -1) {
        return 1;
    }
    if (t == 0) {
        return beta_cdf(0.5, q.loss, q.win);
    }
    return t > 0 ? upper_of_positive(q, t) : 1 - upper_of_positive({q.loss, q.tie, q.win}, -t);
}

}  // namespace

std::optional<DirichletNet> dirichlet_net(const DirichletParameters& posterior, double margin) {
    ASSAY_CHECK(margin > 0 && margin < 1);
    if (!(posterior.win > 0 && posterior.tie > 0 && posterior.loss > 0)) {
        return std::nullopt;
    }
    const double total = posterior.win + posterior.tie + posterior.loss;
    const double p_win = posterior.win / total, p_loss = posterior.loss / total;
    DirichletNet out;
    out.p_noninferior = upper(posterior, -margin);
    out.p_equivalent = std::max(0.0, out.p_noninferior - upper(posterior, margin));
    out.p_better = upper(posterior, 0);
    out.p_degraded_beyond_margin = 1 - out.p_noninferior;
    out.mean = p_win - p_loss;
    out.sd = std::sqrt((p_win + p_loss - out.mean * out.mean) / (total + 1));
    const auto quantile = [&](double tail) {
        const auto root = find_root([&](double t) { return upper(posterior, t) - tail; }, -1, 1);
        ASSAY_CHECK(root.has_value());
        return *root;
    };
    out.low95 = quantile(0.975);
    out.high95 = quantile(0.025);
    return out;
}

}  // namespace assay::stats
