#pragma once
// Other intervals for a difference of two rates on the same items: for comparison with Tango's, and
// for paired binary flags.

#include <cstdint>
#include <optional>

#include "assay/stats/tango.hpp"

namespace assay::stats {

/// MOVER (Zou and Donner 2008) on the Wilson intervals of the win rate and the loss rate, with
/// their multinomial correlation (taken as 0 where a rate is 0 or 1). Counts >= 0; nothing without
/// a comparison; confidence in (0, 1).
[[nodiscard]] std::optional<NetInterval> mover_wilson(std::int64_t wins,
                                                      std::int64_t losses,
                                                      std::int64_t ties,
                                                      double confidence);

/// Bonett and Price (2012): Wald with one win and one loss added, cut to [-1, 1]. `estimate` is the
/// one that the interval is around.
[[nodiscard]] NetInterval bonett_price(std::int64_t wins,
                                       std::int64_t losses,
                                       std::int64_t ties,
                                       double confidence);

/// Plain Wald: wrong near 0 decisive comparisons (width 0 at all ties). Never reported; there to
/// show that in a simulation.
[[nodiscard]] std::optional<NetInterval> wald(std::int64_t wins,
                                              std::int64_t losses,
                                              std::int64_t ties,
                                              double confidence);

/// Paired 2 x 2 table of a binary flag.
struct PairedTable {
    std::int64_t both = 0;
    std::int64_t candidate_only = 0;
    std::int64_t reference_only = 0;
    std::int64_t neither = 0;
    [[nodiscard]] std::int64_t n() const {
        return both + candidate_only + reference_only + neither;
    }
};
/// Newcombe's method 10 (1998, Statistics in Medicine 17:2635) for the candidate's rate minus the
/// reference's, with his continuity rule for phi. Nothing for an empty table.
[[nodiscard]] std::optional<NetInterval> newcombe_paired(const PairedTable& table,
                                                         double confidence);

}  // namespace assay::stats
