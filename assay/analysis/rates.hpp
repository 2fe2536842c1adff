#pragma once
// A share of counts as an Estimate, and the level of all intervals that no user sets.

#include <cstdint>
#include <string>

#include "assay/records/analysis.hpp"

namespace assay::analysis {

inline constexpr double kConfidence = 0.95;

/// part / whole with Wilson's score interval; null values and `why_none` for whole = 0. 0 <= part
/// <= whole.
[[nodiscard]] Estimate wilson_rate(std::int64_t part,
                                   std::int64_t whole,
                                   const std::string& why_none);
/// Likewise with the exact interval of Clopper and Pearson.
[[nodiscard]] Estimate exact_rate(std::int64_t part,
                                  std::int64_t whole,
                                  const std::string& why_none);

}  // namespace assay::analysis
