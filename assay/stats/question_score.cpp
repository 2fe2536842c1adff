#include "assay/stats/question_score.hpp"

#include <algorithm>
#include <cmath>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"

namespace assay::stats {
namespace {

void check(std::span<const ValueCount> values) {
    for (const ValueCount& each : values) {
        ASSAY_CHECK(each.value >= -1 && each.value <= 1 && each.count > 0);
    }
}

std::vector<ValueCount> mirrored(std::span<const ValueCount> values) {
    std::vector<ValueCount> out;
    for (const ValueCount& each : values) {
        out.push_back({-each.value, each.count});
    }
    return out;
}

/// The Lagrange multiplier of the constrained estimate where the mean is above delta: weights
/// p_i = 1 / (n (1 + lambda x_i)), x_i = value - delta, and what is left to a sum of 1 lies at -1.
double multiplier(std::span<const ValueCount> values, double delta) {
    if (mean_of(values) <= delta) {
        return 0;
    }
    const double largest = 1 / (1 + delta);
    double at_end = 0;  // observations of -1
    for (const ValueCount& each : values) {
        at_end += each.value == -1 ? static_cast<double>(each.count) : 0;
    }
    const auto slope = [&](double lambda) {
        double sum = 0;
        for (const ValueCount& each : values) {
            const double x = each.value - delta;
            sum += each.value == -1 ? 0 : static_cast<double>(each.count) * x / (1 + lambda * x);
        }
        return sum;
    };
    if (at_end == 0) {
        return slope(largest) >= 0 ? largest : find_root(slope, 0, largest).value_or(0);
    }
    // Times 1 - lambda / largest, which is what -1 is divided by: finite at both ends.
    const auto scaled = [&](double lambda) {
        return slope(lambda) * (1 - lambda / largest) - at_end * (1 + delta);
    };
    // None where the mean is above delta by a rounding only.
    return find_root(scaled, 0, largest).value_or(0);
}

/// Variance of one question's value under H0: mean = delta, where the mean is above delta.
double null_variance(std::span<const ValueCount> values, double delta) {
    const double n = static_cast<double>(n_of(values)), lambda = multiplier(values, delta);
    double variance = 0, weight = 0;
    for (const ValueCount& each : values) {
        const double x = each.value - delta;
        const double p = static_cast<double>(each.count) / (n * (1 + lambda * x));
        weight += p;
        variance += p * x * x;
    }
    return variance + std::max(0.0, 1 - weight) * (1 + delta) * (1 + delta);
}

/// Z where the mean is above delta.
double z_above(std::span<const ValueCount> values, double delta) {
    const double n = static_cast<double>(n_of(values));
    return (mean_of(values) - delta) * std::sqrt(n / null_variance(values, delta));
}

/// low such that Z(low) = critical.
double lower_limit(std::span<const ValueCount> values, double critical) {
    const double n = static_cast<double>(n_of(values)), square = critical * critical;
    if (values.size() == 1) {
        return values[0].value - square * (1 + values[0].value) / (n + square);
    }
    const double mean = mean_of(values);
    // The same sign as Z - critical, but finite at both ends.
    const auto excess = [&](double delta) {
        const double distance = mean - delta;
        if (delta <= -1) {
            return distance;
        }
        return distance - critical * std::sqrt(null_variance(values, delta) / n);
    };
    const auto root = find_root(excess, -1, mean);
    ASSAY_CHECK(root.has_value());
    return *root;
}

/// The counts of values that are all -1, 0 or 1, divided by the design effect: their score is
/// Tango's, in closed form.
std::optional<NetCounts> whole_counts(const QuestionMeans& questions) {
    NetCounts out;
    for (const auto& [value, count] : questions.values) {
        if (value != std::round(value)) {
            return std::nullopt;
        }
        out.n += static_cast<double>(count);
        out.wins += value > 0 ? static_cast<double>(count) : 0;
        out.losses += value < 0 ? static_cast<double>(count) : 0;
    }
    return effective(out, questions.design_effect);
}

}  // namespace

std::int64_t n_of(std::span<const ValueCount> values) {
    std::int64_t n = 0;
    for (const ValueCount& each : values) {
        n += each.count;
    }
    return n;
}

double mean_of(std::span<const ValueCount> values) {
    double sum = 0;
    for (const ValueCount& each : values) {
        sum += each.value * static_cast<double>(each.count);
    }
    return sum / static_cast<double>(n_of(values));
}

double squares_of(std::span<const ValueCount> values) {
    const double mean = mean_of(values);
    double sum = 0;
    for (const ValueCount& each : values) {
        sum += (each.value - mean) * (each.value - mean) * static_cast<double>(each.count);
    }
    return sum;
}

std::optional<double> question_score_z(std::span<const ValueCount> values, double delta) {
    check(values);
    ASSAY_CHECK(delta > -1 && delta < 1);
    if (values.empty()) {
        return std::nullopt;
    }
    const double mean = mean_of(values);
    if (mean == delta) {
        return 0.0;
    }
    return mean > delta ? z_above(values, delta) : -z_above(mirrored(values), -delta);
}

std::optional<NetInterval> question_score_interval(std::span<const ValueCount> values,
                                                   double critical) {
    check(values);
    ASSAY_CHECK(critical > 0 && std::isfinite(critical));
    if (values.empty()) {
        return std::nullopt;
    }
    return NetInterval{
        mean_of(values), lower_limit(values, critical), -lower_limit(mirrored(values), critical)};
}

std::optional<TostResult> tost_score(const QuestionMeans& questions, double margin) {
    if (const auto counts = whole_counts(questions)) {
        return tost_score(*counts, margin, questions.df);
    }
    ASSAY_CHECK(margin > 0 && margin < 1);
    const double scale = std::sqrt(questions.design_effect);
    return tost_of(*question_score_z(questions.values, -margin) / scale,
                   *question_score_z(questions.values, margin) / scale,
                   questions.df);
}

std::optional<NetInterval> deciding_interval(const QuestionMeans& questions, double alpha) {
    if (const auto counts = whole_counts(questions)) {
        return deciding_interval(*counts, alpha, questions.df);
    }
    ASSAY_CHECK(alpha > 0 && alpha < 0.5);
    const double critical = student_upper_quantile(alpha, questions.df);
    return question_score_interval(questions.values, critical * std::sqrt(questions.design_effect));
}

std::optional<double> smallest_equivalence_margin(const QuestionMeans& questions, double alpha) {
    const auto interval = deciding_interval(questions, alpha);
    if (!interval) {
        return std::nullopt;
    }
    return std::max(std::abs(interval->low), std::abs(interval->high));
}

}  // namespace assay::stats
