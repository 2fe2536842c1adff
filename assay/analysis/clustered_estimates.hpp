#pragma once
// Means and shares of what depends on each other inside clusters of questions, as Estimates at
// kConfidence. Descriptive: what decides is in evidence.hpp.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/stats/clusters.hpp"

namespace assay::analysis {

/// The method of a mean over tokens, as reports name it.
inline constexpr const char* kMeanOfTokens =
    "sum over tokens / number of tokens, CR1 standard error by clusters of questions, Student's t";

/// Numbers of observations, and sums of their values, by cluster.
class ClusterSums {
 public:
    /// n > 0 observations of one cluster, with the sum of their values.
    void add(std::int64_t cluster, std::int64_t n, double sum);
    [[nodiscard]] std::vector<stats::ClusterTotal> totals() const;
    [[nodiscard]] std::int64_t n() const { return n_; }

 private:
    std::map<std::int64_t, stats::ClusterTotal> by_cluster_;
    std::int64_t n_ = 0;
};

/// The ratio sum / n with the CR1 standard error and Student's t with (effective clusters - 1)
/// degrees of freedom; no interval with fewer than two effective clusters.
[[nodiscard]] Estimate clustered_mean(const ClusterSums& sums, const std::string& method);
/// The same of values that cannot be below 0.
[[nodiscard]] Estimate at_least_zero(Estimate estimate);
/// A share of observations that are 0 or 1: Wilson's interval of the counts divided by the design
/// effect (that of the CR1 variance, at least 1; the mean cluster size where all are alike), with
/// Student's t as above; plain Wilson where each observation is a cluster.
[[nodiscard]] Estimate clustered_rate(const ClusterSums& sums);

}  // namespace assay::analysis
