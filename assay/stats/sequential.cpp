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

/// ln of the factor by which an observation X = (1 + value) / 2 multiplies a bet's capital: 1 - r +
/// r X / mu0.
double log_factor_of(double value, double r, double mu0) {
    return std::log1p(r * ((1 + value) / 2 / mu0 - 1));
}

/// ln of one bet's capital.
double log_bet(std::span<const ValueCount> values, double r, double mu0) {
    double total = 0;
    for (const ValueCount& seen : values) {
        if (seen.count > 0) {
            total += static_cast<double>(seen.count) * log_factor_of(seen.value, r, mu0);
        }
    }
    return total;
}

double log_sum_exp(std::span<const double> values) {
    const double largest = *std::max_element(values.begin(), values.end());
    if (std::isinf(largest)) {
        return largest;
    }
    double total = 0;
    for (const double value : values) {
        total += std::exp(value - largest);
    }
    return largest + std::log(total);
}

std::vector<double> geometric_bets() {
    std::vector<double> out;
    for (int j = 2; j <= 11; ++j) {
        out.push_back(std::exp2(-0.5 * j));
    }
    return out;
}

/// The bet that grows fastest under the truth `delta1`, as a share of the most that may be bet at
/// theta0.
double design_bet_of(const MixtureDesign& design) {
    const double gap = design.delta1 - design.theta0;
    const double lambda = gap / (design.d0 - design.delta1 * design.delta1 + gap * gap);
    return std::clamp(lambda * (1 + design.theta0), 0.01, 0.95);
}

std::array<ValueCount, 3> values_of(const RunningCounts& counts) {
    ASSAY_CHECK(counts.wins >= 0 && counts.ties >= 0 && counts.losses >= 0);
    return {ValueCount{1, counts.wins}, ValueCount{0, counts.ties}, ValueCount{-1, counts.losses}};
}

/// ln of the mean capital of the geometric bets against H0: net <= theta.
double log_geometric_e(std::span<const ValueCount> values, double theta) {
    std::vector<double> logs;
    for (const double r : geometric_bets()) {
        logs.push_back(log_bet(values, r, (1 + theta) / 2));
    }
    return log_sum_exp(logs) - std::log(static_cast<double>(logs.size()));
}

/// The lower limit, or `at_least` where that is higher.
double lower_of_sequence(std::span<const ValueCount> values,
                         double log_threshold,
                         double at_least) {
    const auto excess = [&](double theta) {
        return log_geometric_e(values, theta) - log_threshold;
    };
    // The e-value falls in theta; at -1 it is infinite as soon as anything but losses was seen, at
    // 1 it is at most 1.
    const double lowest = std::max(at_least, -1 + 1e-12);
    if (lowest >= 1 || excess(lowest) <= 0) {
        return at_least;
    }
    const auto root = find_root(excess, lowest, 1);
    ASSAY_CHECK(root.has_value());
    return *root;
}

MixtureDesign mirrored(const MixtureDesign& design) {
    return {.theta0 = -design.theta0,
            .side = Side::kGreater,
            .delta1 = -design.delta1,
            .d0 = design.d0};
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
        // 20 nodes: the ten positive ones and their mirror images
        for (std::size_t i = 0; i < Gauss::abscissa().size(); ++i) {
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
    ASSAY_CHECK(design.theta0 > -1 && design.theta0 < 1);
    if (design.side == Side::kLess) {
        return mixture_e({counts.losses, counts.ties, counts.wins}, mirrored(design));
    }
    const auto values = values_of(counts);
    MixtureE out{.design_bet = design_bet_of(design), .log_e = 0};
    const double mu0 = (1 + design.theta0) / 2;
    std::vector<double> logs{log_bet(values, out.design_bet, mu0) + std::log(0.5)};
    for (const double r : geometric_bets()) {
        logs.push_back(log_bet(values, r, mu0) + std::log(0.05));
    }
    out.log_e = log_sum_exp(logs);
    return out;
}

MixtureProcess::MixtureProcess(const MixtureDesign& design)
    : sign_(design.side == Side::kGreater ? 1 : -1) {
    ASSAY_CHECK(design.theta0 > -1 && design.theta0 < 1);
    const MixtureDesign greater = design.side == Side::kGreater ? design : mirrored(design);
    mu0_ = (1 + greater.theta0) / 2;
    bets_[0] = design_bet_of(greater);
    const std::vector<double> geometric = geometric_bets();
    std::copy(geometric.begin(), geometric.end(), bets_.begin() + 1);
    for (std::size_t step = 0; step < kHalfSteps; ++step) {
        for (std::size_t bet = 0; bet < kBets; ++bet) {
            known_[step][bet] = log_factor_of(
                0.5 * static_cast<double>(step) - 1, bets_[bet], mu0_);
        }
    }
}

void MixtureProcess::push(double value) {
    ASSAY_CHECK(value >= -1 && value <= 1);
    const double step = 2 * sign_ * value + 2;
    const bool known = step == std::floor(step);
    for (std::size_t bet = 0; bet < kBets; ++bet) {
        log_capital_[bet] += known ? known_[static_cast<std::size_t>(step)][bet]
                                   : log_factor_of(sign_ * value, bets_[bet], mu0_);
    }
}

MixtureProcess::Value MixtureProcess::value() const {
    const double largest = *std::max_element(log_capital_.begin(), log_capital_.end());
    double geometric = 0;
    for (std::size_t bet = 1; bet < kBets; ++bet) {
        geometric += std::exp(log_capital_[bet] - largest);
    }
    geometric /= kBets - 1;
    return {
        .log_e = largest + std::log(0.5 * std::exp(log_capital_[0] - largest) + 0.5 * geometric),
        .log_geometric_e = largest + std::log(geometric)};
}

Interval confidence_sequence(const RunningCounts& counts, double confidence) {
    return confidence_sequence_of_values(values_of(counts), confidence);
}

Interval confidence_sequence_of_values(std::span<const ValueCount> values,
                                       double confidence,
                                       const Interval& within) {
    ASSAY_CHECK(confidence > 0 && confidence < 1);
    const double log_threshold = std::log(2 / (1 - confidence));
    // Reversed, so that the limits of mirrored data are mirror images to the last bit.
    std::vector<ValueCount> mirrored_values(values.rbegin(), values.rend());
    for (ValueCount& seen : mirrored_values) {
        ASSAY_CHECK(seen.value >= -1 && seen.value <= 1 && seen.count >= 0);
        seen.value = -seen.value;
    }
    return {lower_of_sequence(values, log_threshold, within.low),
            -lower_of_sequence(mirrored_values, log_threshold, -within.high)};
}

BetaBinomialE beta_binomial_e(std::int64_t wins, std::int64_t losses, double a) {
    ASSAY_CHECK(wins >= 0 && losses >= 0 && a > 0);
    const double w = static_cast<double>(wins) + a, l = static_cast<double>(losses) + a;
    BetaBinomialE out;
    out.log_e_two = static_cast<double>(wins + losses) * std::numbers::ln2 + log_beta(w, l) -
                    log_beta(a, a);
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
        const double bet = std::sqrt(2 * std::log(2 / design.alpha) /
                                     (variance * t * std::log1p(t)));
        out.log_plus += std::log1p(std::min(bet, design.c / design.m) * (x[i] - design.m));
        out.log_minus += std::log1p(-std::min(bet, design.c / (1 - design.m)) * (x[i] - design.m));
        sum += x[i];
        const double running_mean = sum / (t + 1);
        squares += (x[i] - running_mean) * (x[i] - running_mean);
        variance = squares / (t + 1);
    }
    out.log_hedged = std::max(std::log(design.theta) + out.log_plus,
                              std::log1p(-design.theta) + out.log_minus);
    return out;
}

std::vector<double> obrien_fleming_boundaries(double alpha, int looks) {
    ASSAY_CHECK(alpha > 0 && alpha < 0.5 && looks >= 1 && looks <= 100);
    const double z = normal_upper_quantile(alpha / 2);
    const auto spent = [&](int look) {
        return 2 * normal_upper(z / std::sqrt(static_cast<double>(look) / looks));
    };
    const double step_sd = std::sqrt(1.0 / looks);  // of the Brownian motion between two looks
    std::vector<double> out;
    Rule rule;                    // nodes over the continuation region of the previous look
    std::vector<double> density;  // of the motion there, of paths that were not stopped before
    for (int look = 1; look <= looks; ++look) {
        const double sd = std::sqrt(static_cast<double>(look) / looks);
        const double target = look == 1 ? spent(1) : spent(look) - spent(look - 1);
        const auto crossing = [&](double bound) {
            if (look == 1) {
                return normal_upper(bound / sd);
            }
            double total = 0;
            for (std::size_t i = 0; i < rule.x.size(); ++i) {
                total += rule.weight[i] * density[i] * normal_upper((bound - rule.x[i]) / step_sd);
            }
            return total;
        };
        // Where the spent share is too small for a double, nothing stops at this look.
        const auto bound = target > 0
                               ? find_root([&](double b) { return crossing(b) / target - 1; },
                                           -9 * sd,
                                           38 * sd)
                               : std::nullopt;
        out.push_back(bound ? *bound / sd : std::numeric_limits<double>::infinity());
        const Rule next = composite_rule(-9 * sd, std::min(9 * sd, bound.value_or(9 * sd)));
        std::vector<double> next_density(next.x.size(), 0.0);
        for (std::size_t j = 0; j < next.x.size(); ++j) {
            if (look == 1) {
                next_density[j] = normal_density(next.x[j], sd);
                continue;
            }
            for (std::size_t i = 0; i < rule.x.size(); ++i) {
                next_density[j] += rule.weight[i] * density[i] *
                                   normal_density(next.x[j] - rule.x[i], step_sd);
            }
        }
        rule = next;
        density = next_density;
    }
    return out;
}

}  // namespace assay::stats
