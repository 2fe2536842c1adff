#include "assay/analysis/clustered_estimates.hpp"

#include <algorithm>
#include <cmath>

#include "assay/analysis/rates.hpp"
#include "assay/base/result.hpp"
#include "assay/stats/distributions.hpp"

namespace assay::analysis {
namespace {

constexpr const char* kNothingMeasured = "nothing was measured";
constexpr const char* kTooFewClusters = "fewer than two clusters (of equal size) show no spread";

/// (sum n_g)^2 / sum n_g^2
double effective_clusters(const ClusterSums& sums, const stats::ClusterMean& mean) {
    return static_cast<double>(sums.n()) / mean.mean_cluster_size;
}

double critical(double n_effective) {
    return stats::student_upper_quantile((1 - kConfidence) / 2, n_effective - 1);
}

}  // namespace

void ClusterSums::add(std::int64_t cluster, std::int64_t n, double sum) {
    ASSAY_CHECK(n > 0);
    const auto [found, is_new] = by_cluster_.try_emplace(cluster, stats::ClusterTotal{n, sum, 1});
    if (!is_new) {
        found->second.n += n;
        found->second.sum += sum;
    }
    n_ += n;
}

std::vector<stats::ClusterTotal> ClusterSums::totals() const {
    std::vector<stats::ClusterTotal> out;
    for (const auto& [label, total] : by_cluster_) {
        out.push_back(total);
    }
    return out;
}

Estimate clustered_mean(const ClusterSums& sums, const std::string& method) {
    Estimate out;
    out.confidence = kConfidence;
    out.n = sums.n();
    out.method = method;
    // The squares of single observations are not used: CR1 is of the clusters' sums.
    const auto mean = stats::cluster_mean(sums.totals(), 0, kConfidence);
    if (!mean) {
        out.why = kNothingMeasured;
        return out;
    }
    out.value = mean->mean;
    const double n_effective = effective_clusters(sums, *mean);
    if (!mean->se_cr1 || n_effective < 2) {
        out.why = kTooFewClusters;
        return out;
    }
    const double half = critical(n_effective) * *mean->se_cr1;
    out.low = mean->mean - half;
    out.high = mean->mean + half;
    return out;
}

Estimate at_least_zero(Estimate estimate) {
    if (estimate.low) {
        estimate.low = std::max(0.0, *estimate.low);
    }
    return estimate;
}

Estimate clustered_rate(const ClusterSums& sums) {
    Estimate out;
    out.confidence = kConfidence;
    out.n = sums.n();
    out.method =
        "Wilson score interval of the counts divided by the design effect of clusters of "
        "questions";
    double ones = 0;
    for (const stats::ClusterTotal& total : sums.totals()) {
        ones += total.sum;
    }
    const double n = static_cast<double>(sums.n());
    const auto mean = stats::cluster_mean(
        sums.totals(), n == 0 ? 0 : ones * (n - ones) / n, kConfidence);
    if (!mean) {
        out.why = kNothingMeasured;
        return out;
    }
    out.value = mean->mean;
    if (mean->largest == 1) {
        return wilson_rate(std::llround(ones), sums.n(), kNothingMeasured);
    }
    const double n_effective = effective_clusters(sums, *mean);
    if (n_effective < 2) {
        out.why = kTooFewClusters;
        return out;
    }
    const double deff = stats::design_effect_to_use(*mean);
    const stats::Interval interval = stats::wilson_with(
        ones / deff, n / deff, critical(n_effective));
    out.low = interval.low;
    out.high = interval.high;
    return out;
}

}  // namespace assay::analysis
