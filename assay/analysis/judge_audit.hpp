#pragma once
// What one judge is like, for a reader who has to trust it; and what of it should worry that
// reader.

#include <span>
#include <string>
#include <vector>

#include "assay/records/audit.hpp"
#include "assay/records/control.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/verdict.hpp"

namespace assay::analysis {

/// A bias of this size that the interval does not exclude is named in a warning: as large as the
/// default margin.
inline constexpr double kWorryingBias = 0.10;
/// More than this share of flipped questions, by the lower limit.
inline constexpr double kWorryingFlips = 0.20;
/// Fewer verdicts than this are the same when asked again, by the upper limit.
inline constexpr double kWorryingRepeats = 0.80;
/// Kappa below this is named: "slight" or "fair" in the words of Landis and Koch (1977).
inline constexpr double kWorryingKappa = 0.40;
/// An interval of agreement from fewer common comparisons says little.
inline constexpr std::int64_t kFewCommon = 20;

/// Wins and losses that a judge decided between answers of different, known length. Wilson's
/// interval.
[[nodiscard]] LengthBias length_bias_of(std::span<const Outcome> outcomes);

/// Verdicts of any state, of comparisons and controls.
[[nodiscard]] JudgeConduct conduct_of(std::span<const Verdict> verdicts);

/// Rows high, medium, low, none; only levels that occur. Usable verdicts on identical and swapped
/// pairs.
[[nodiscard]] std::vector<ConfidenceControls> controls_by_confidence(
    std::span<const ControlOutcome> outcomes);

/// Of several variants together; those without such questions add nothing. Nothing where no
/// question has both orders.
[[nodiscard]] std::optional<Flips> flips_of(std::span<const BothOrders> variants);

/// Sentences, of all other fields of `audit`.
[[nodiscard]] std::vector<std::string> warnings_of(const JudgeAudit& audit);
/// Likewise of the judges together.
[[nodiscard]] std::vector<std::string> warnings_of(std::span<const PairAgreement> pairs);

}  // namespace assay::analysis
