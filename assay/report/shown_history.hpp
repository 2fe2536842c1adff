#pragma once
// The decisions that a run ever showed, as lines of text and as JSON.

#include <span>
#include <string>
#include <vector>

#include "assay/records/decisions_shown.hpp"

namespace assay::report {

/// A line for each time, the first with number 1: "2, after 45 of 154 questions were left out (q3,
/// ...): Q8_0 equivalent (net -1.2 points of 109 verdicts), judged by reference; exploratory". Of
/// several judges the decisions of the one that decided.
[[nodiscard]] std::vector<std::string> shown_lines(std::span<const DecisionsShown> history);
/// One JSON array with all judges.
[[nodiscard]] std::string shown_to_json(std::span<const DecisionsShown> history);

}  // namespace assay::report
