#include "assay/stats/tango.hpp"

#include <cmath>
#include <limits>

#include "assay/base/result.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

/// n times the variance of one comparison under H0: net = delta, with the constrained maximum
/// likelihood estimate of the loss rate. delta >= 0: there the quadratic's root has no
/// cancellation, and losses at delta are wins at -delta.
double null_variance(const NetCounts& counts, double delta) {
    const double b = counts.wins, c = counts.losses, n = counts.n;
    const double half_b = (-b - c + (2 * n - b + c) * delta) / 2;
    const double minus_c = c * delta * (1 - delta);
    const double root = std::sqrt(half_b * half_b + 2 * n * minus_c);
    const double q = half_b > 0 ? minus_c / (half_b + root) : (root - half_b) / (2 * n);
    return n * (2 * q + delta * (1 - delta));
}

NetCounts swapped(const NetCounts& counts) {
    return {counts.losses, counts.wins, counts.n};
}

void check(const NetCounts& counts) {
    ASSAY_CHECK(counts.wins >= 0 && counts.losses >= 0 && counts.n >= 0);
    ASSAY_CHECK(counts.wins + counts.losses <= counts.n * (1 + 1e-12));
}

double standard_error(const NetCounts& counts, double delta) {
    return std::sqrt(delta < 0 ? null_variance(swapped(counts), -delta)
                               : null_variance(counts, delta));
}

/// low such that Z(low) = critical.
double lower_limit(const NetCounts& counts, double critical) {
    const double square = critical * critical, n = counts.n;
    if (counts.losses == n) {
        return -1;
    }
    if (counts.wins == n) {
        return (n - square) / (n + square);
    }
    if (counts.wins == 0 && counts.losses == 0) {
        return -square / (n + square);
    }
    // The same sign as Z - critical, but finite at both ends.
    const auto excess = [&](double delta) {
        return counts.wins - counts.losses - n * delta - critical * standard_error(counts, delta);
    };
    const auto root = find_root(excess, -1, (counts.wins - counts.losses) / n);
    ASSAY_CHECK(root.has_value());
    return *root;
}

}  // namespace

NetCounts net_counts(std::int64_t wins, std::int64_t losses, std::int64_t ties) {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && ties >= 0);
    return {static_cast<double>(wins),
            static_cast<double>(losses),
            static_cast<double>(wins + losses + ties)};
}

NetCounts effective(const NetCounts& counts, double design_effect) {
    ASSAY_CHECK(design_effect > 0);
    return {counts.wins / design_effect, counts.losses / design_effect, counts.n / design_effect};
}

std::optional<double> tango_z(const NetCounts& counts, double delta) {
    check(counts);
    ASSAY_CHECK(delta >= -1 && delta <= 1);
    if (counts.n == 0) {
        return std::nullopt;
    }
    const double excess = counts.wins - counts.losses - counts.n * delta;
    const double error = standard_error(counts, delta);
    if (error > 0) {
        return excess / error;
    }
    return excess == 0 ? 0.0 : std::copysign(std::numeric_limits<double>::infinity(), excess);
}

std::optional<NetInterval> tango_interval(const NetCounts& counts, double critical) {
    check(counts);
    ASSAY_CHECK(critical > 0 && std::isfinite(critical));
    if (counts.n == 0) {
        return std::nullopt;
    }
    return NetInterval{(counts.wins - counts.losses) / counts.n,
                       lower_limit(counts, critical),
                       -lower_limit(swapped(counts), critical)};
}

}  // namespace assay::stats
