#pragma once
// Does a judge repeat itself? (statistics.md 2h, noise; "repetition stability" of Shi et al. 2024,
// arXiv:2406.07791.)

#include <span>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/verdict.hpp"

namespace assay::analysis {

/// What a judge said of one pair each time that it was asked, the first time first. Other states
/// than A, B and TIE are left out.
using Askings = std::vector<VerdictState>;

/// Pairs with fewer than two verdicts say nothing and count for nothing. The interval of `same` is
/// Wilson's at 95 %, as if each asking were independent of the others. The variances are those of
/// the verdicts as 1 (A), 0, -1 (B), each with n - 1 (one-way analysis of variance).
[[nodiscard]] RepeatStability repeat_stability(std::span<const Askings> pairs);

}  // namespace assay::analysis
