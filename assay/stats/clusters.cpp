#include "assay/stats/clusters.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"
#include "assay/stats/numeric.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::stats {
namespace {

/// A cluster's observations, and the sum of their distances from the common mean.
struct Centred {
    std::int64_t n = 0;
    double sum = 0;
    std::int64_t times = 1;
};

ClusterMean mean_of(std::span<const Centred> clusters,
                    double average,
                    double squares,
                    double confidence) {
    ClusterMean out;
    out.mean = average;
    double n = 0, cluster_squares = 0, size_squares = 0;
    for (const Centred& cluster : clusters) {
        const double size = static_cast<double>(cluster.n),
                     times = static_cast<double>(cluster.times);
        n += size * times;
        cluster_squares += cluster.sum * cluster.sum * times;
        size_squares += size * size * times;
        out.largest = std::max(out.largest, cluster.n);
        out.n_clusters += cluster.times;
    }
    out.mean_cluster_size = size_squares / n;
    out.se_cr0 = std::sqrt(cluster_squares) / n;
    if (n > 1) {
        const double variance = squares / (n - 1);
        out.se_naive = std::sqrt(variance / n);
        const double miller = variance / n + (cluster_squares - squares) / (n * n);
        if (miller >= 0) {
            out.se_miller = std::sqrt(miller);
        }
    }
    if (out.n_clusters < 2) {
        return out;
    }
    const double g = static_cast<double>(out.n_clusters);
    out.se_cr1 = out.se_cr0 * std::sqrt(g / (g - 1));
    if (out.se_naive && *out.se_naive > 0) {
        out.design_effect = *out.se_cr1 * *out.se_cr1 / (*out.se_naive * *out.se_naive);
    }
    const double half = student_upper_quantile((1 - confidence) / 2, g - 1) * *out.se_cr1;
    out.interval = Interval{out.mean - half, out.mean + half};
    return out;
}

/// Absolute values in half units, zeros left out, divided by their common divisor. Nothing where a
/// value is none.
std::optional<std::vector<std::int64_t>> half_units(std::span<const double> sums) {
    std::vector<std::int64_t> out;
    std::int64_t divisor = 0;
    for (const double value : sums) {
        const double twice = std::abs(2 * value);
        if (!(twice <= 2e9) || twice != std::floor(twice)) {
            return std::nullopt;
        }
        if (twice == 0) {
            continue;
        }
        out.push_back(static_cast<std::int64_t>(twice));
        divisor = std::gcd(divisor, out.back());
    }
    for (std::int64_t& value : out) {
        value /= divisor;
    }
    std::sort(out.begin(), out.end());
    return out;
}

/// P(|sum of s_g a_g| >= observed) for random signs s_g; a_g > 0. Works on the sum of the a_g with
/// positive sign, which is (total + signed sum) / 2.
double exact_tail(const std::vector<std::int64_t>& a, std::int64_t observed, std::int64_t total) {
    std::vector<double> probability(static_cast<std::size_t>(total) + 1, 0.0);
    probability[0] = 1;
    std::size_t reached = 0;
    for (const std::int64_t value : a) {
        const auto step = static_cast<std::size_t>(value);
        reached += step;
        for (std::size_t at = reached + 1; at-- > 0;) {
            const double from_below = at >= step ? probability[at - step] : 0.0;
            probability[at] = 0.5 * (probability[at] + from_below);
        }
    }
    double tail = 0;
    for (std::int64_t positive = 0; positive <= total; ++positive) {
        if (std::abs(2 * positive - total) >= observed) {
            tail += probability[static_cast<std::size_t>(positive)];
        }
    }
    return std::min(1.0, tail);
}

}  // namespace

std::optional<ClusterMean> cluster_mean(std::span<const double> y,
                                        std::span<const std::int64_t> cluster,
                                        double confidence) {
    ASSAY_CHECK(y.size() == cluster.size() && confidence > 0 && confidence < 1);
    if (y.empty()) {
        return std::nullopt;
    }
    const double average = mean(y);
    std::map<std::int64_t, Centred> groups;
    double squares = 0;
    for (std::size_t i = 0; i < y.size(); ++i) {
        Centred& group = groups[cluster[i]];
        group.times = 1;
        ++group.n;
        group.sum += y[i] - average;
        squares += (y[i] - average) * (y[i] - average);
    }
    std::vector<Centred> clusters;
    for (const auto& [label, group] : groups) {
        clusters.push_back(group);
    }
    return mean_of(clusters, average, squares, confidence);
}

std::optional<ClusterMean> cluster_mean(std::span<const ClusterTotal> totals,
                                        double squares,
                                        double confidence) {
    ASSAY_CHECK(confidence > 0 && confidence < 1 && squares >= 0);
    double n = 0, total = 0;
    for (const ClusterTotal& cluster : totals) {
        ASSAY_CHECK(cluster.n > 0 && cluster.times > 0);
        n += static_cast<double>(cluster.n) * static_cast<double>(cluster.times);
        total += cluster.sum * static_cast<double>(cluster.times);
    }
    if (n == 0) {
        return std::nullopt;
    }
    const double average = total / n;
    std::vector<Centred> clusters;
    for (const ClusterTotal& cluster : totals) {
        clusters.push_back(
            {cluster.n, cluster.sum - static_cast<double>(cluster.n) * average, cluster.times});
    }
    return mean_of(clusters, average, squares, confidence);
}

double design_effect_to_use(const ClusterMean& clustered) {
    return std::max(1.0, clustered.design_effect.value_or(clustered.mean_cluster_size));
}

std::optional<SignFlipResult> sign_flip_test(std::span<const double> cluster_sums) {
    const auto units = half_units(cluster_sums);
    if (!units) {
        return std::nullopt;
    }
    if (units->empty()) {
        return SignFlipResult{1.0, true};
    }
    const double signed_sum = sum(cluster_sums);
    if (units->front() == units->back()) {  // one magnitude: the sign test, for any number of
                                            // clusters
        const auto positive = std::count_if(
            cluster_sums.begin(), cluster_sums.end(), [](double value) { return value > 0; });
        return SignFlipResult{
            sign_test(positive, static_cast<std::int64_t>(units->size()) - positive).two_sided,
            true};
    }
    double total = 0, squares = 0, largest = 0;
    for (const std::int64_t unit : *units) {
        const double value = static_cast<double>(unit);
        total += value;
        squares += value * value;
        largest = std::max(largest, value);
    }
    // The common divisor was taken out of the units, so take it out of the observed sum too.
    const double scale = largest /
                         std::abs(*std::max_element(
                             cluster_sums.begin(), cluster_sums.end(), [](double a, double b) {
                                 return std::abs(a) < std::abs(b);
                             }));
    const double observed = std::round(std::abs(signed_sum) * scale);
    if (total * static_cast<double>(units->size()) > kMaxSignFlipWork) {
        return SignFlipResult{std::min(1.0, 2 * normal_upper(observed / std::sqrt(squares))),
                              false};
    }
    return SignFlipResult{
        exact_tail(*units, static_cast<std::int64_t>(observed), static_cast<std::int64_t>(total)),
        true};
}

}  // namespace assay::stats
