#include "assay/stats/sequential.hpp"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <cmath>
#include <limits>
#include <numbers>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

/// ln of one bet's capital: each observation X = (1 + Y) / 2 multiplies it by 1 - r + r X / mu0.
double log_bet(const RunningCounts& counts, double r, double mu0) {
    return static_cast<double>(counts.wins) * std::log1p(r * (1 / mu0 - 1)) +
           static_cast<double>(counts.ties) * std::log1p(r * (0.5 / mu0 - 1)) +
           static_cast<double>(counts.losses) * std::log1p(-r);
}

double log_sum_exp(std::span<const double> values) {
    const double largest = *std::max_element(values.begin(), values.end());
    if (std::isinf(largest)) return largest;
    double total = 0;
    for (const double value : values) total += std::exp(value - largest);
    return largest + std::log(total);
}

std::vector<double> geometric_bets() {
    std::vector<double> out;
    for (int j = 2; j <= 11; ++j) out.push_back(std::exp2(-0.5 * j));
    return out;
}

RunningCounts swapped(const RunningCounts& counts) {
    return {counts.losses, counts.ties, counts.wins};
}

void check(const RunningCounts& counts) {
    ASSAY_CHECK(counts.wins >= 0 && counts.ties >= 0 && counts.losses >= 0);
}

/// ln of the mean capital of the geometric bets against H0: net <= theta.
double log_geometric_e(const RunningCounts& counts, double theta) {
    std::vector<double> logs;
    for (const double r : geometric_bets()) logs.push_back(log_bet(counts, r, (1 + theta) / 2));
    return log_sum_exp(logs) - std::log(static_cast<double>(logs.size()));
}

double lower_of_sequence(const RunningCounts& counts, double log_threshold) {
    const auto excess = [&](double theta) { return log_geometric_e(counts, theta) - log_threshold; };
    // The e-value falls in theta; at -1 it is infinite as soon as anything but losses was seen, at 1 it is at most 1.
    constexpr double kLowest = -1 + 1e-12;
    if (excess(kLowest) <= 0) return -1;
    const auto root = find_root(excess, kLowest, 1);
    ASSAY_CHECK(root.has_value());
    return *root;
}

/// Nodes and weights of a composite Gauss-Legendre rule over [low, high].
struct Rule {
    std::vector<double> x;
    std::vector<double> weight;
};
Rule composite_rule(double low, double high) {
    using Gauss = boost::math::quadrature::gauss<double, 20>;
    constexpr int kPanels = 40;
    Rule rule;
    const double half = (high - low) / (2 * kPanels);
    for (int panel = 0; panel < kPanels; ++panel) {
        const double centre = low + (2 * panel + 1) * half;
        for (std::size_t i = 0; i < Gauss::abscissa().size();
             ++i) {  // 20 nodes: the ten positive ones and their mirror images
            for (const double sign : {-1.0, 1.0}) {
                rule.x.push_back(centre + sign * half * Gauss::abscissa()[i]);
                rule.weight.push_back(half * Gauss::weights()[i]);
            }
        }
    }
    return rule;
}

double normal_density(double x, double sd) {
    return std::exp(-0.5 * (x / sd) * (x / sd)) / (sd * std::sqrt(2 * std::numbers::pi));
}

}  // namespace

MixtureE mixture_e(const RunningCounts& counts, const MixtureDesign& design) {
    check(counts);
    ASSAY_CHECK(design.theta0 > -1 && design.theta0 < 1);
    if (design.side == Side::kLess) {
        return mixture_e(swapped(counts),
                         {.theta0 = -design.theta0, .side = Side::kGreater, .delta1 = -design.delta1, .d0 = design.d0});
    }
    const double gap = design.delta1 - design.theta0;
    const double lambda = gap / (design.d0 - design.delta1 * design.delta1 + gap * gap);
    MixtureE out{.design_bet = std::clamp(lambda * (1 + design.theta0), 0.01, 0.95), .log_e = 0};
    const double mu0 = (1 + design.theta0) / 2;
    std::vector<double> logs{log_bet(counts, out.design_bet, mu0) + std::log(0.5)};
    for (const double r : geometric_bets()) logs.push_back(log_bet(counts, r, mu0) + std::log(0.05));
    out.log_e = log_sum_exp(logs);
    return out;
}

Interval confidence_sequence(const RunningCounts& counts, double confidence) {
    check(counts);
    ASSAY_CHECK(confidence > 0 && confidence < 1);
    const double log_threshold = std::log(2 / (1 - confidence));
    return {lower_of_sequence(counts, log_threshold), -lower_of_sequence(swapped(counts), log_threshold)};
}

BetaBinomialE beta_binomial_e(std::int64_t wins, std::int64_t losses, double a) {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && a > 0);
    const double w = static_cast<double>(wins) + a, l = static_cast<double>(losses) + a;
    BetaBinomialE out;
    out.log_e_two = static_cast<double>(wins + losses) * std::numbers::ln2 + log_beta(w, l) - log_beta(a, a);
    out.log_e_less = out.log_e_two + log_beta_cdf(0.5, w, l) + std::numbers::ln2;
    return out;
}

HedgedCapital hedged_capital(std::span<const double> x, const HedgedDesign& design) {
    ASSAY_CHECK(design.m > 0 && design.m < 1 && design.alpha > 0 && design.alpha < 1);
    ASSAY_CHECK(design.c > 0 && design.c < 1 && design.theta > 0 && design.theta < 1);
    HedgedCapital out;
    double sum = 0.5, squares = 0.25, variance = 0.25;
    for (std::size_t i = 0; i < x.size(); ++i) {
        ASSAY_CHECK(x[i] >= 0 && x[i] <= 1);
        const double t = static_cast<double>(i) + 1;
        const double bet = std::sqrt(2 * std::log(2 / design.alpha) / (variance * t * std::log1p(t)));
        out.log_plus += std::log1p(std::min(bet, design.c / design.m) * (x[i] - design.m));
        out.log_minus += std::log1p(-std::min(bet, design.c / (1 - design.m)) * (x[i] - design.m));
        sum += x[i];
        const double running_mean = sum / (t + 1);
        squares += (x[i] - running_mean) * (x[i] - running_mean);
        variance = squares / (t + 1);
    }
    out.log_hedged = std::max(std::log(design.theta) + out.log_plus, std::log1p(-design.theta) + out.log_minus);
    return out;
}

std::vector<double> obrien_fleming_boundaries(double alpha, int looks) {
    ASSAY_CHECK(alpha > 0 && alpha < 0.5 && looks >= 1 && looks <= 100);
    const double z = normal_upper_quantile(alpha / 2);
    const auto spent = [&](int look) { return 2 * normal_upper(z / std::sqrt(static_cast<double>(look) / looks)); };
    const double step_sd = std::sqrt(1.0 / looks);  // of the Brownian motion between two looks
    std::vector<double> out;
    Rule rule;                    // nodes over the continuation region of the previous look
    std::vector<double> density;  // of the motion there, of paths that were not stopped before
    for (int look = 1; look <= looks; ++look) {
        const double sd = std::sqrt(static_cast<double>(look) / looks);
        const double target = look == 1 ? spent(1) : spent(look) - spent(look - 1);
        const auto crossing = [&](double bound) {
            if (look == 1) return normal_upper(bound / sd);
            double total = 0;
            for (std::size_t i = 0; i < rule.x.size(); ++i) {
                total += rule.weight[i] * density[i] * normal_upper((bound - rule.x[i]) / step_sd);
            }
            return total;
        };
        // Where the spent share is too small for a double, nothing stops at this look.
        const auto bound =
            target > 0 ? find_root([&](double b) { return crossing(b) / target - 1; }, -9 * sd, 38 * sd) : std::nullopt;
        out.push_back(bound ? *bound / sd : std::numeric_limits<double>::infinity());
        const Rule next = composite_rule(-9 * sd, std::min(9 * sd, bound.value_or(9 * sd)));
        std::vector<double> next_density(next.x.size(), 0.0);
        for (std::size_t j = 0; j < next.x.size(); ++j) {
            if (look == 1) {
                next_density[j] = normal_density(next.x[j], sd);
                continue;
            }
            for (std::size_t i = 0; i < rule.x.size(); ++i) {
                next_density[j] += rule.weight[i] * density[i] * normal_density(next.x[j] - rule.x[i], step_sd);
            }
        }
        rule = next;
        density = next_density;
    }
    return out;
}

}  // namespace assay::stats
