#pragma once
// BCa bootstrap of the net win rate (Efron 1987). For independent comparisons without random
// numbers, from the distribution that infinitely many resamples would have; for clusters by
// resampling them. And the percentile bootstrap (Efron 1979) of any other statistic.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <vector>

#include "assay/stats/clusters.hpp"
#include "assay/stats/proportion.hpp"

namespace assay::stats {

struct BcaResult {
    Interval interval;
    std::optional<double> acceleration;     ///< from the jackknife; empty for degenerate data
    std::optional<double> bias_correction;  ///< z0, with half the weight of resamples that equal
                                            ///< the estimate; empty for degenerate data
    bool degenerate = false;                ///< all verdicts alike: the interval is Tango's
};
/// Limits are the smallest values of the bootstrap distribution with at least that share at or
/// below. Exact, by convolution: n^2 steps; nothing for n = 0 or n > 20000. confidence in (0, 1).
[[nodiscard]] std::optional<BcaResult> bca_net(std::int64_t wins,
                                               std::int64_t losses,
                                               std::int64_t ties,
                                               double confidence);

struct Resampling {
    std::int64_t n_resamples = 10'000;  ///< > 0
    std::uint64_t seed = 1;
};
/// Of the mean over all observations when whole clusters are drawn: G of G with replacement,
/// statistic sum / n (statistics.md 2c). z0 gives resamples that equal the estimate half their
/// weight; the acceleration is the jackknife's over clusters. Limits as above, from the sorted
/// resamples. The same totals, in the same order, and the same seed give the same result on every
/// machine. n_resamples G draws. Nothing for fewer than two clusters, or where all clusters have
/// the same mean, so that resampling shows no spread. confidence in (0, 1).
[[nodiscard]] std::optional<BcaResult> bca_clustered(std::span<const ClusterTotal> clusters,
                                                     double confidence,
                                                     const Resampling& resampling = {});

/// A statistic of sums over all observations, such as the cells of a table; nothing where it is
/// undefined.
using StatisticOfSums = std::function<std::optional<double>(std::span<const double>)>;
/// Percentile interval when whole clusters are drawn, G of G with replacement; each row holds a
/// cluster's sums, all of one length. Resamples in which the statistic is undefined are left out.
/// Nothing for fewer than two clusters, where more than a tenth of the resamples is left out, or
/// where the others do not vary. The same rows, in the same order, and the same seed give the same
/// result on every machine. confidence in (0, 1).
[[nodiscard]] std::optional<Interval> percentile_clustered(
    const std::vector<std::vector<double>>& clusters,
    const StatisticOfSums& statistic,
    double confidence,
    const Resampling& resampling = {});

}  // namespace assay::stats
