#pragma once
// Timings and sizes: medians, their intervals, ratios of paired measurements.

#include <cstdint>
#include <optional>
#include <span>

#include "assay/stats/proportion.hpp"

namespace assay::stats {

/// Mean of the middle two for an even number; nothing for an empty span.
[[nodiscard]] std::optional<double> median(std::span<const double> x);

/// The value at place share * (n - 1) of the sorted ones, linear between neighbours (R's type 7;
/// llama-perplexity and numpy do the same); nothing for an empty span. share in [0, 1].
[[nodiscard]] std::optional<double> quantile(std::span<const double> x, double share);

/// 1 / Phi^{-1}(3/4): makes the median absolute deviation estimate a normal's standard deviation.
inline constexpr double kMadToSd = 1.482602218505602;
struct MedianMad {
    double median = 0;
    double mad = 0;  ///< median |x - median|
    double robust_sd = 0;
};
[[nodiscard]] std::optional<MedianMad> median_mad(std::span<const double> x);

/// Ranks (from 1) of the order statistics that bound the median: x_(k) and x_(n-k+1), k the largest
/// with P(Bin(n, 1/2)
/// <= k - 1) <= alpha / 2.
struct MedianRanks {
    std::int64_t low = 1;
    std::int64_t high = 1;
    double coverage = 0;
};
/// Nothing where n is too small (n < 6 at 95 %).
[[nodiscard]] std::optional<MedianRanks> median_ranks(std::int64_t n, double confidence);

/// exp of the mean log ratio of pairs, with its t interval.
struct RatioEstimate {
    double ratio = 1;
    std::optional<Interval> interval;  ///< empty for one pair
};
/// Nothing for no pairs, or a value that is not > 0. Both of the same size.
[[nodiscard]] std::optional<RatioEstimate> paired_ratio(std::span<const double> candidate,
                                                        std::span<const double> reference,
                                                        double confidence);

}  // namespace assay::stats
