#pragma once
// Counting outcomes.

#include <array>
#include <cstddef>
#include <span>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// Holds n_items = n + invalid + errors + refused + not_judged + no_answer_baseline, n = wins +
/// ties + losses.
[[nodiscard]] Counts tally(std::span<const Outcome> outcomes);

/// Position (position.hpp) and confidence are about the comparisons that a judge decided: wins,
/// ties and losses without identical answers and without a variant that gave no answer.
[[nodiscard]] bool was_decided_by_a_judge(const Outcome& outcome);

/// The order of rows by confidence, and a level's place in it.
inline constexpr std::array<Confidence, 4> kConfidenceLevels{
    Confidence::kHigh, Confidence::kMedium, Confidence::kLow, Confidence::kNone};
[[nodiscard]] std::size_t place_of(Confidence level);

/// Rows high, medium, low, none; only levels that occur.
[[nodiscard]] std::vector<ConfidenceRow> confidence_of(std::span<const Outcome> outcomes);

/// What is too much to be passed over: too many failures, too many that are not judged.
[[nodiscard]] bool more_than_5_percent(std::int64_t part, std::int64_t whole);
/// Comparisons that a judge has to be asked about.
[[nodiscard]] std::int64_t pairs_that_need_a_call(const Counts& counts);

}  // namespace assay::analysis
