#include "assay/stats/sample_size.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

constexpr double kLargest = 1e15;

std::optional<std::int64_t> at_least_one(double n) {
    if (!(n < kLargest)) {
        return std::nullopt;
    }
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(n)));
}

void check(const EquivalenceDesign& design) {
    ASSAY_CHECK(design.decisive_rate >= 0 && design.decisive_rate <= 1 && design.margin > 0);
    ASSAY_CHECK(design.alpha > 0 && design.alpha < 0.5);
}

}  // namespace

std::optional<double> tost_power_normal(const EquivalenceDesign& design, double n) {
    check(design);
    ASSAY_CHECK(n > 0);
    const double variance = design.decisive_rate - design.delta * design.delta;
    if (variance < 0) {
        return std::nullopt;
    }
    const double above = design.margin - design.delta, below = design.margin + design.delta;
    if (variance == 0) {
        return above > 0 && below > 0 ? 1.0 : 0.0;
    }
    const double scale = std::sqrt(n / variance), z = normal_upper_quantile(design.alpha);
    // Phi(a) + Phi(b) - 1 as Phi(a) - Phi(-b)
    return std::max(0.0, normal_cdf(above * scale - z) - normal_upper(below * scale - z));
}

std::optional<std::int64_t> sample_size_equivalence(const EquivalenceDesign& design, double power) {
    check(design);
    ASSAY_CHECK(power > 0 && power < 1);
    if (std::abs(design.delta) >= design.margin || !tost_power_normal(design, 1)) {
        return std::nullopt;
    }
    const auto enough = [&](std::int64_t n) {
        return *tost_power_normal(design, static_cast<double>(n)) >= power;
    };
    std::int64_t low = 0, high = 1;  // not enough, enough: the power grows with n
    while (!enough(high)) {
        low = high;
        high *= 2;
        if (static_cast<double>(high) > kLargest) {
            return std::nullopt;
        }
    }
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (enough(middle) ? high : low) = middle;
    }
    return high;
}

std::optional<std::int64_t> sample_size_noninferiority(const EquivalenceDesign& design,
                                                       double power) {
    check(design);
    ASSAY_CHECK(power > 0 && power < 1);
    const double variance = design.decisive_rate - design.delta * design.delta,
                 distance = design.margin + design.delta;
    if (variance < 0 || distance <= 0) {
        return std::nullopt;
    }
    const double z = normal_upper_quantile(design.alpha) + normal_upper_quantile(1 - power);
    if (z <= 0) {
        return 1;
    }
    return at_least_one(z * z * variance / (distance * distance));
}

std::optional<std::int64_t> sample_size_superiority(const DifferenceDesign& design, double delta) {
    ASSAY_CHECK(design.decisive_rate >= 0 && design.decisive_rate <= 1 && design.power > 0 &&
                design.power < 1);
    ASSAY_CHECK(design.alpha > 0 && design.alpha < 1);
    const double variance = design.decisive_rate - delta * delta;
    if (delta == 0 || variance < 0) {
        return std::nullopt;
    }
    const double root = (normal_upper_quantile(design.alpha / 2) * std::sqrt(design.decisive_rate) +
                         normal_upper_quantile(1 - design.power) * std::sqrt(variance)) /
                        delta;
    return at_least_one(root * root);
}

std::optional<NormalMde> mde_net_normal(const DifferenceDesign& design, double n) {
    ASSAY_CHECK(design.decisive_rate >= 0 && design.decisive_rate <= 1 && design.power > 0 &&
                design.power < 1);
    ASSAY_CHECK(design.alpha > 0 && design.alpha < 1 && n > 0);
    const double z_a = normal_upper_quantile(design.alpha / 2),
                 z_b = normal_upper_quantile(1 - design.power);
    const double discriminant = n + z_b * z_b - z_a * z_a;
    if (discriminant < 0) {
        return std::nullopt;
    }
    const double net = std::sqrt(design.decisive_rate) *
                       (z_a * std::sqrt(n) + z_b * std::sqrt(discriminant)) / (n + z_b * z_b);
    NormalMde out{.net = net, .score = net / 2, .decisive_win_rate = std::nullopt};
    if (design.decisive_rate > 0) {
        out.decisive_win_rate = net / (2 * design.decisive_rate);
    }
    return out;
}

}  // namespace assay::stats
