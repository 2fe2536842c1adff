#pragma once
// How long something lasts on average, where some were still going on when they were last seen.

#include <cstdint>
#include <optional>
#include <span>

#include "assay/stats/proportion.hpp"

namespace assay::stats {

struct Lifetime {
    std::int64_t length = 0;   ///< when it ended, or when it was last seen; >= 0
    bool ended = false;        ///< false: censored
    std::int64_t cluster = 0;  ///< any label; lifetimes of one cluster are dependent
};

/// Restricted mean survival time: mean of min(T, horizon), the area under Kaplan and Meier's curve
/// (1958, JASA 53:457) up to the horizon (Royston and Parmar 2013, BMC Med Res Methodol 13:152).
struct RestrictedMean {
    double mean = 0;
    std::int64_t horizon = 0;  ///< the given one, or the last length seen where the curve is not
                               ///< known up to there
    std::int64_t n_clusters = 0;
    /// Infinitesimal jackknife, summed by clusters, times G / (G - 1). Without that factor and with
    /// clusters of one it equals Greenwood's formula. Empty for one cluster.
    std::optional<double> se;
    /// mean -+ t se within [0, horizon], with (effective clusters - 1) degrees of freedom
    /// ((sum n_g)^2 / sum n_g^2, Carter, Schnepel and Steigerwald 2017). Empty with fewer than two
    /// effective clusters, and where nothing ended before the horizon.
    std::optional<Interval> interval;
};

/// Nothing without a lifetime. One that ended at a length comes before one that was last seen at
/// the same. horizon >= 0; confidence in (0, 1). n log n.
[[nodiscard]] std::optional<RestrictedMean> restricted_mean(std::span<const Lifetime> lifetimes,
                                                            std::int64_t horizon,
                                                            double confidence);

}  // namespace assay::stats
