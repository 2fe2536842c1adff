#pragma once
// How numbers and decisions read, the same in report.md and in the terminal's table.

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/records/analysis.hpp"

namespace assay::report {

inline constexpr std::string_view kNotMeasured = "not measured";

/// A share as signed percentage points with one decimal, "-1.9", "+8.3", "0.0" (never "-0.0").
[[nodiscard]] std::string points(double share);
/// A share in per cent with one decimal: "48.4 %".
[[nodiscard]] std::string percent(double share);
/// `part` of `whole` in per cent; "not measured" of nothing.
[[nodiscard]] std::string percent_of(std::int64_t part, std::int64_t whole);
/// Four decimals, "< 0.0001" below.
[[nodiscard]] std::string p_value(double p);
/// "90 %".
[[nodiscard]] std::string confidence_level(double confidence);
/// "-1.9 [-12.2, +8.3]" in points; "not measured" without a value.
[[nodiscard]] std::string points_with_interval(const Estimate& estimate);
/// "48.4 % [38.5, 58.4]"; without a value "undefined: <why>", or "not measured".
[[nodiscard]] std::string rate_with_interval(const Estimate& estimate);
/// Three significant digits: "398 MB", "1.24 GB".
[[nodiscard]] std::string short_bytes(std::uint64_t bytes);
/// A positive number with about three significant digits ("1234", "45.3", "6.17"); "not measured"
/// for 0.
[[nodiscard]] std::string figure_or_not_measured(double value);

/// The decision as a reader's words: "equivalent", "non-inferior", "degraded", "worse; by more than
/// the margin is not settled", "inconclusive", "not measured".
[[nodiscard]] std::string decision_words(const Decision& decision);
/// As above, with the further questions that are needed and what else was seen: "inconclusive;
/// about 364 more questions are needed".
[[nodiscard]] std::string decision_sentence(const Decision& decision);

/// "a number or unit"
[[nodiscard]] std::string_view damage_words(Damage damage);
/// "seen"
[[nodiscard]] std::string_view sight_words(Sight sight);

}  // namespace assay::report
