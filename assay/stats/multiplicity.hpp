#pragma once
// p values adjusted for looking at several; in the order of the input. p in [0, 1].

#include <span>
#include <vector>

namespace assay::stats {

/// Holm's step-down (1979): controls the probability of any false claim.
[[nodiscard]] std::vector<double> holm(std::span<const double> p);
/// Benjamini and Hochberg's step-up (1995): controls the expected share of false claims.
[[nodiscard]] std::vector<double> benjamini_hochberg(std::span<const double> p);

}  // namespace assay::stats
