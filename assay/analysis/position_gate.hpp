#pragma once
// Whether where an answer stands, and not what it says, decides a judge's verdicts.
//
// Problem: sides are balanced, so a judge that always prefers the answer shown first gives as many
// wins as losses. Its net win rate is 0 and looks like equivalence, whatever the variant is like.
//
// Rule: nothing is measured where, of at least kFewestForPosition decisive verdicts,
//   - one and the same side won kPositionShare or more, the exact 95 % interval of that share lies
//     above kPositionAbove, and it won most of them with the variant shown first as well as second.
//     (A variant that is really better or worse wins on both sides, so it does not look like this);
//   - or, of as many questions in both orders, the verdict was another one in more than half: the
//     exact 95 % interval of that share lies above kFlipsAbove.
// The gate only ever takes a decision away.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"

namespace assay::analysis {

inline constexpr std::int64_t kFewestForPosition = 20;
inline constexpr double kPositionShare = 0.9;
inline constexpr double kPositionAbove = 0.75;
inline constexpr double kFlipsAbove = 0.5;

/// Of one judge on these variants together: why its place decides, a sentence without a full stop;
/// empty: nothing like it is seen. What has no `position` (bare counts) says nothing.
[[nodiscard]] std::string why_position_decides(std::span<const ComparisonAnalysis* const> of_judge);

/// The decision, or not_measured where `why` says something.
[[nodiscard]] Decision gate_position(const Decision& decision, const std::string& why);

/// Gates the decisions of one judge on its variants, each by its own verdicts and by all of them
/// together: damage that a judge sees in one variant must not hide that it sees nothing in another.
/// Gives why for each variant; empty: it stays as it was.
std::vector<std::string> gate_positions(std::span<ComparisonAnalysis* const> of_judge);

}  // namespace assay::analysis
