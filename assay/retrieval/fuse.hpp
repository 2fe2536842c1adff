#pragma once
// Two rankings of passages -> one.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "assay/retrieval/found.hpp"

namespace assay::retrieval {

/// So many passages of each leg count.
inline constexpr std::size_t kFusedDepth = 100;

/// What the fusion is, for the settings of a frozen retrieval.
[[nodiscard]] std::string fusion_rules();

/// Reciprocal rank fusion (Cormack, Clarke and Buettcher 2009): a passage has the score sum of 1 /
/// (60 + its rank) over the legs that found it; equal scores are in the order of the corpus. By
/// that rank: the `depth` best, and further ones that a leg has among its first kMeasuredDepth.
/// Each leg is given the best first.
[[nodiscard]] std::vector<Found> fuse(std::span<const Scored> lexical,
                                      std::span<const Scored> dense,
                                      std::size_t depth);

}  // namespace assay::retrieval
