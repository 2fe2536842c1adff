#pragma once
// Exact probabilities by enumerating every (wins, losses) of n comparisons: wins, losses and ties
// are trinomial with (d
// + D) / 2, (d - D) / 2 and 1 - d. Cost grows with n^2: 650 comparisons take some 20 ms.

#include <cstdint>
#include <optional>

#include "assay/stats/tango.hpp"

namespace assay::stats {

struct OperatingDesign {
    std::int64_t n = 154;        ///< 1 .. 20000
    double decisive_rate = 0.6;  ///< d in [0, 1]
    double delta = 0;            ///< true net win rate D, |D| <= d
    double margin = 0.1;         ///< in (0, 1)
    double alpha = 0.05;         ///< in (0, 0.5)
};
struct OperatingCharacteristics {
    double p_equivalent = 0;
    double p_non_inferior = 0;  ///< and not equivalent
    double p_degraded = 0;
    double p_inconclusive = 0;
    double tango_coverage = 0;    ///< that the two-sided interval at level 1 - alpha holds D
    double sign_test_reject = 0;  ///< two-sided exact sign test at alpha
};
/// What the decision rule (region_of at one-sided alpha) does under a truth. Nothing if |delta| >
/// decisive_rate or n is out of range.
[[nodiscard]] std::optional<OperatingCharacteristics> operating_characteristics(
    const OperatingDesign& design);

/// Exact unconditional p of H0: net <= -margin: the supremum, over all loss rates that are possible
/// at net = -margin, of the probability of tables with a score at least as large as the observed
/// one (Hsueh, Liu, Chen 2001). Found on a grid of 2001 loss rates, refined around the best.
/// Nothing for n = 0 or n > 300; margin in (0, 1); wins + losses <= n.
[[nodiscard]] std::optional<double> exact_unconditional_noninferiority(std::int64_t wins,
                                                                       std::int64_t losses,
                                                                       std::int64_t n,
                                                                       double margin);

}  // namespace assay::stats
