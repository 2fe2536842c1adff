#include "assay/stats/mean_design.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::stats {
namespace {

void check(const MeanDesign& design) {
    ASSAY_CHECK(design.variance >= 0 && std::isfinite(design.delta) && design.margin > 0);
    ASSAY_CHECK(design.alpha > 0 && design.alpha < 0.5);
}

}  // namespace

double power_equivalent(const MeanDesign& design, double n) {
    check(design);
    ASSAY_CHECK(n > 0);
    const double above = design.margin - design.delta, below = design.margin + design.delta;
    if (design.variance == 0) {
        return above > 0 && below > 0 ? 1.0 : 0.0;
    }
    const double scale = std::sqrt(n / design.variance), z = normal_upper_quantile(design.alpha);
    // Phi(a) + Phi(b) - 1 as Phi(a) - Phi(-b)
    return std::max(0.0, normal_cdf(above * scale - z) - normal_upper(below * scale - z));
}

double power_ship(const MeanDesign& design, double n) {
    check(design);
    ASSAY_CHECK(n > 0);
    const double distance = design.margin + design.delta;
    if (design.variance == 0) {
        return distance > 0 ? 1.0 : 0.0;
    }
    return normal_cdf(distance * std::sqrt(n / design.variance) -
                      normal_upper_quantile(design.alpha));
}

std::optional<std::int64_t> questions_equivalent(const MeanDesign& design, double power) {
    check(design);
    ASSAY_CHECK(power > 0 && power < 1);
    if (std::abs(design.delta) >= design.margin) {
        return std::nullopt;
    }
    const auto enough = [&](std::int64_t n) {
        return power_equivalent(design, static_cast<double>(n)) >= power;
    };
    std::int64_t low = 0, high = 1;  // not enough, enough: the power grows with n
    while (!enough(high)) {
        low = high;
        high *= 2;
        if (static_cast<double>(high) > kMostQuestions) {
            return std::nullopt;
        }
    }
    while (high - low > 1) {
        const std::int64_t middle = low + (high - low) / 2;
        (enough(middle) ? high : low) = middle;
    }
    return high;
}

std::optional<std::int64_t> questions_ship(const MeanDesign& design, double power) {
    check(design);
    ASSAY_CHECK(power > 0 && power < 1);
    const double distance = design.margin + design.delta;
    if (distance <= 0) {
        return std::nullopt;
    }
    const double z = normal_upper_quantile(design.alpha) + normal_upper_quantile(1 - power);
    if (z <= 0) {
        return 1;
    }
    const double n = z * z * design.variance / (distance * distance);
    if (!(n < kMostQuestions)) {
        return std::nullopt;
    }
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(n)));
}

}  // namespace assay::stats
