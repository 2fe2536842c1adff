#pragma once
// How numbers read in `assay stats`, beside figures.hpp.

#include <cstdint>
#include <optional>
#include <string>

#include "assay/records/analysis.hpp"

namespace assay::report {

/// "Tango score interval, 90 %".
[[nodiscard]] std::string method_of(const Estimate& estimate);
/// A margin in points, as short as it can be: "10".
[[nodiscard]] std::string in_points(double share);
/// "14.9 points"; small ones with two significant digits; "undefined" without a value.
[[nodiscard]] std::string distance_words(const std::optional<double>& value);
/// "p = 0.8358", "p < 0.0001".
[[nodiscard]] std::string p_equals(double p);
/// Without a value "not measured".
[[nodiscard]] std::string p_equals(const std::optional<double>& p);
/// "0.63"; "undefined" without a value.
[[nodiscard]] std::string two_decimals(const std::optional<double>& value);
/// "45, 48, 61".
[[nodiscard]] std::string counts_text(std::int64_t wins, std::int64_t losses, std::int64_t ties);

}  // namespace assay::report
