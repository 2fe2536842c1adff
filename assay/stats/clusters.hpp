#pragma once
// Dependent observations: questions from one document, comparisons of one question.

#include <cstdint>
#include <optional>
#include <span>

#include "assay/stats/proportion.hpp"

namespace assay::stats {

/// Mean of y with standard errors that allow for any dependence inside a cluster, and none between
/// clusters. S_g: sum over cluster g of y - mean.
struct ClusterMean {
    double mean = 0;
    std::int64_t n_clusters = 0;
    std::int64_t largest = 0;        ///< observations in the largest cluster
    double mean_cluster_size = 1;    ///< sum n_g^2 / n: of the cluster that a random observation is
                                     ///< in; the design effect at perfect dependence
    std::optional<double> se_naive;  ///< s / sqrt(n), as if independent; empty for n = 1
    double se_cr0 = 0;               ///< sqrt(sum S_g^2) / n
    std::optional<double> se_cr1;    ///< CR0 sqrt(G / (G - 1)); empty for one cluster
    std::optional<double> se_miller;      ///< naive^2 plus the within-cluster cross products / n^2
                                          ///< (Miller 2024); empty where that is negative
    std::optional<double> design_effect;  ///< CR1^2 / naive^2; empty where naive is 0 or undefined
    std::optional<Interval> interval;     ///< mean +- t_{G-1} CR1; empty for one cluster
};
/// y[i] belongs to cluster[i] (any labels); both of the same size. Their order matters by rounding
/// only. Nothing for an empty y.
[[nodiscard]] std::optional<ClusterMean> cluster_mean(std::span<const double> y,
                                                      std::span<const std::int64_t> cluster,
                                                      double confidence);

/// What the counts of dependent comparisons are divided by: max(1, design effect), or the mean
/// cluster size where the design effect is undefined (all values alike).
[[nodiscard]] double design_effect_to_use(const ClusterMean& clustered);
/// What a mean needs to know of a cluster; `times` clusters look like this one.
struct ClusterTotal {
    std::int64_t n = 1;  ///< observations, > 0
    double sum = 0;
    std::int64_t times = 1;
};
/// As above from totals: `squares` is the sum over all observations of (y - mean)^2. Time is that
/// of the totals given, so a million clusters of a few kinds are quick. Nothing without an
/// observation.
[[nodiscard]] std::optional<ClusterMean> cluster_mean(std::span<const ClusterTotal> totals,
                                                      double squares,
                                                      double confidence);

/// Beyond this many additions the sign-flip test uses the normal approximation.
inline constexpr double kMaxSignFlipWork = 2e8;

struct SignFlipResult {
    double p_two = 1;
    bool exact = true;  ///< false: normal approximation, z = |sum| / sqrt(sum of squares)
};
/// Permutation test of "the sums are symmetric about 0": the share of all 2^G sign patterns with
/// |sum| at least as large as the observed one. Exact by dynamic programming over whole half units;
/// equals the sign test for sums of -1, 0, 1. Nothing where a value is not a multiple of one half
/// (or beyond 10^9).
[[nodiscard]] std::optional<SignFlipResult> sign_flip_test(std::span<const double> cluster_sums);

}  // namespace assay::stats
