#pragma once
// Several variants, one claim each: which of the labels may be claimed, so that the chance of any
// false "equivalent" or "non-inferior" stays at alpha (statistics.md 2i).

#include <cstdint>
#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// A variant's analysis by the one judge, and the size of its file (0: not known).
struct Rung {
    ComparisonAnalysis* analysis = nullptr;
    std::uint64_t size_bytes = 0;
};

/// Fills decision.claimed of those that are equivalent or non_inferior, and adds a sentence to
/// `why` where it is false; with a single variant or multiplicity "none" nothing is done.
///   - ladder: fixed sequence (Maurer, Hothorn, Lehmacher 1995): from the largest file to the
///     smallest, those of unknown size last in the given order, each at full alpha; after the first
///     that fails nothing is claimed
///   - holm: Holm's adjusted p values below alpha: of p_lower for non_inferior, of p_tost for
///     equivalent. Where judging could stop early (hybrid), a p value is first divided by the share
///     of alpha that its look had (0.2 or 0.8), which keeps it valid by the union bound
void decide_claims(std::span<const Rung> rungs, const AnalysisSettings& settings);

}  // namespace assay::analysis
