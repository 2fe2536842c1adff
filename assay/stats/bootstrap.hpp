#pragma once
// BCa bootstrap of the net win rate (Efron 1987) without random numbers: the distribution that infinitely many
// resamples would have.

#include <cstdint>
#include <optional>

#include "assay/stats/proportion.hpp"

namespace assay::stats {

struct BcaResult {
    Interval interval;
    std::optional<double> acceleration;  ///< from the jackknife; empty for degenerate data
    std::optional<double>
        bias_correction;  ///< z0, with half the weight of resamples that equal the estimate; empty for degenerate data
    bool degenerate = false;  ///< all verdicts alike: the interval is Tango's
};
/// Limits are the smallest values of the bootstrap distribution with at least that share at or below. Exact, by
/// convolution: n^2 steps; nothing for n = 0 or n > 20000. confidence in (0, 1).
[[nodiscard]] std::optional<BcaResult> bca_net(std::int64_t wins,
                                               std::int64_t losses,
                                               std::int64_t ties,
                                               double confidence);

}  // namespace assay::stats
