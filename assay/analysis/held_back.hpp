#pragma once
// Labels that would pass, and that something other than quality may have made. They are held back:
// the label becomes inconclusive and nothing is recommended. What does not pass anyway stays as it
// is, so a variant whose answers are cut off and lose for it is degraded as before.
//
//   - length: among decisive verdicts on answers whose lengths differ by a tenth or more the longer
//     one won nearly always: a judge that counts words gives a padded variant its wins
//   - a filler: the judge prefers padded controls; and a metric alone (controls.hpp)
//   - instructions: answers that instruct the judge (failure mode instruction_to_judge) are
//     significantly more frequent on the variant's side

#include <cstdint>
#include <span>
#include <string>

#include "assay/records/analysis.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// Pairs whose lengths differ by less than this share of the longer answer say nothing of length.
inline constexpr double kOtherLength = 0.10;
inline constexpr std::int64_t kFewestForLength = 20;
/// The exact 95 % interval of "the longer answer won" lies above this.
inline constexpr double kLongerWonAbove = 0.9;
/// Holm's p of McNemar's mid-p test over all failure modes.
inline constexpr double kInstructionsAlpha = 0.05;

/// Sentences without a full stop; empty: nothing of it is seen.
[[nodiscard]] std::string why_longer_wins(std::span<const Outcome> outcomes);
[[nodiscard]] std::string why_instructions(std::span<const FailureModeRow> failure_modes);

/// What a reader can do about verdicts that follow length, instructions or fillers.
inline constexpr const char*
    kLetOthersJudge = "let people, or a judge that this does not sway, judge a part of the pairs";
/// Equivalent and non_inferior become inconclusive where `why` says something.
[[nodiscard]] Decision hold_back(const Decision& decision,
                                 const std::string& why,
                                 const std::string& way_out = kLetOthersJudge);

}  // namespace assay::analysis
