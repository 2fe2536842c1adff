#pragma once
// figures.hpp as text of a section: numbers and the words of our enumerations are assay's own
// words, and the reason why there is no number is text from elsewhere.

#include <cstdint>
#include <optional>

#include "assay/records/analysis.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/variant.hpp"
#include "assay/report/text.hpp"

namespace assay::report {

/// "not measured".
[[nodiscard]] Text not_measured();
/// "-1.9 [-12.2, +8.3]" in points, or "not measured".
[[nodiscard]] Text points_text(const Estimate& estimate);
/// "48.4 % [38.5, 58.4]"; without a value "undefined: <why>", or "not measured".
[[nodiscard]] Text rate_text(const Estimate& estimate);
/// `part` of `whole` in per cent; "not measured" of nothing.
[[nodiscard]] Text share_text(std::int64_t part, std::int64_t whole);
[[nodiscard]] Text p_text(double p);
/// Without a value "not measured".
[[nodiscard]] Text p_text(const std::optional<double>& p);
/// "90 %".
[[nodiscard]] Text level_text(double confidence);
/// "398 MB".
[[nodiscard]] Text size_text(std::uint64_t bytes);
/// A positive number with about three significant digits; "not measured" for 0.
[[nodiscard]] Text positive_text(double value);
/// The number as short as it can be told from all others.
[[nodiscard]] Text shortest_text(double value);
/// With `n` digits after the point.
[[nodiscard]] Text decimals_text(double value, int n);
/// With at most `n` digits that mean something.
[[nodiscard]] Text digits_text(double value, int n);

/// "non-inferior"
[[nodiscard]] Text decision_text(const Decision& decision);
/// "inconclusive; about 364 more questions are needed"
[[nodiscard]] Text decision_sentence_text(const Decision& decision);
/// " (not claimed)" where a label may not be claimed beside the others, else nothing.
[[nodiscard]] Text not_claimed_text(const Decision& decision);
/// " (second interval disagrees)" where it contradicts the label (second_interval.hpp), else
/// nothing.
[[nodiscard]] Text second_interval_text(const ComparisonAnalysis& analysis);
/// "high"; "none given"
[[nodiscard]] Text confidence_text(Confidence level);
[[nodiscard]] Text outcome_text(OutcomeKind kind);
[[nodiscard]] Text role_text(Role role);

}  // namespace assay::report
