#include "assay/stats/choose_samples.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/mean_design.hpp"

namespace assay::stats {
namespace {

constexpr std::int64_t kFewestSamples = 2;

/// Infinite where no information at all has this power.
double target_of(const SamplesRule& rule) {
    const double tail = rule.goal == SamplesGoal::kShip ? 1 - rule.power : (1 - rule.power) / 2;
    const double z = normal_upper_quantile(rule.alpha_end) + normal_upper_quantile(tail);
    if (z <= 0) {
        return std::numeric_limits<double>::infinity();
    }
    return static_cast<double>(rule.n) * rule.margin * rule.margin / (z * z) /
           rule.cluster_design_effect;
}

void check(const SamplesRule& rule) {
    ASSAY_CHECK(rule.n >= 1 && rule.margin > 0 && rule.most >= kFewestSamples);
    ASSAY_CHECK(rule.alpha_end > 0 && rule.alpha_end < 0.5 && rule.power > 0 && rule.power < 1);
    ASSAY_CHECK(rule.cluster_design_effect >= 1);
}

}  // namespace

ChosenSamples choose_samples(const SampleMoments& moments, const SamplesRule& rule) {
    check(rule);
    ASSAY_CHECK(moments.second_moment >= 0 && moments.second_moment <= 1);
    const double product = std::clamp(moments.product, 0.0, moments.second_moment);
    const double noise = moments.second_moment - product;  // what further samples average away
    ChosenSamples out;
    out.target = target_of(rule);
    const double left = out.target - product;
    const double most = static_cast<double>(rule.most);
    if (noise <= left * most) {
        const double wanted = noise > 0 ? std::ceil(noise / left) : 0;
        out.k = std::max(kFewestSamples, static_cast<std::int64_t>(std::min(wanted, most)));
        return out;
    }
    out.k = rule.most;
    out.reachable = false;
    const double needed = std::ceil(static_cast<double>(rule.n) * (product + noise / most) /
                                    out.target);
    if (needed < kMostQuestions) {
        out.questions_needed = static_cast<std::int64_t>(needed);
    }
    return out;
}

std::optional<std::int64_t> cheapest_calls_of_question(double cost_of_question,
                                                       double cost_of_call,
                                                       double rho) {
    ASSAY_CHECK(cost_of_question >= 0 && cost_of_call > 0 && rho <= 1);
    if (rho <= 0) {
        return std::nullopt;
    }
    const double calls = std::round(std::sqrt(cost_of_question / cost_of_call * (1 - rho) / rho));
    if (!(calls < kMostQuestions)) {
        return std::nullopt;
    }
    return std::max<std::int64_t>(1, static_cast<std::int64_t>(calls));
}

}  // namespace assay::stats
