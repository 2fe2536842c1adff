#include "assay/stats/sample_size.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/mean_design.hpp"

namespace assay::stats {
namespace {

std::optional<std::int64_t> at_least_one(double n) {
    if (!(n < kMostQuestions)) {
        return std::nullopt;
    }
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::ceil(n)));
}

/// Nothing where the design contradicts itself.
std::optional<MeanDesign> mean_design_of(const EquivalenceDesign& design) {
    ASSAY_CHECK(design.decisive_rate >= 0 && design.decisive_rate <= 1);
    const double variance = design.decisive_rate - design.delta * design.delta;
    if (variance < 0) {
        return std::nullopt;
    }
    return MeanDesign{.variance = variance,
                      .delta = design.delta,
                      .margin = design.margin,
                      .alpha = design.alpha};
}

}  // namespace

std::optional<double> tost_power_normal(const EquivalenceDesign& design, double n) {
    const auto mean = mean_design_of(design);
    return mean ? std::optional(power_equivalent(*mean, n)) : std::nullopt;
}

std::optional<std::int64_t> sample_size_equivalence(const EquivalenceDesign& design, double power) {
    const auto mean = mean_design_of(design);
    return mean ? questions_equivalent(*mean, power) : std::nullopt;
}

std::optional<std::int64_t> sample_size_noninferiority(const EquivalenceDesign& design,
                                                       double power) {
    const auto mean = mean_design_of(design);
    return mean ? questions_ship(*mean, power) : std::nullopt;
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
