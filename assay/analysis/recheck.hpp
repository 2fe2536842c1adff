#pragma once
// Is it still the same judge? Pairs that it judged before are put to it again, in the same way.
//
// Two rules, as a judge can change in two ways. It may say something else altogether: then few
// verdicts are the same. Or it may have become milder: then the verdicts that differ all go one
// way. A judge that errs at random passes both: with 20 pairs and 70 % of verdicts repeated it
// fails in at most 3 % of the extensions.

#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/verdict.hpp"

namespace assay::analysis {

/// Verdicts are no longer of the same judge where the exact 95 % interval of the share that is the
/// same lies below this, or where fewer than half are the same ...
inline constexpr double kSameAtLeast = 0.7;
/// ... or where a sign test of those that went up and down has a p value below this.
inline constexpr double kShiftBelow = 0.01;

/// Whether so many same verdicts of `n` are too few.
[[nodiscard]] bool too_few_the_same(std::int64_t n_same, std::int64_t n);

/// A pair that was asked twice, with the variant at the same side.
struct AskedTwice {
    VerdictState first = VerdictState::kError;
    VerdictState again = VerdictState::kError;
    bool variant_is_a = false;
};
/// A pair without a first verdict tells nothing and is left out; one without a second is pending.
[[nodiscard]] Recheck recheck_of(std::span<const AskedTwice> pairs);

/// The decision on a variant to which the extension added comparisons: not_measured, with the
/// reason, where the judge did not pass the extension's controls or its recheck; else the same.
[[nodiscard]] Decision gate_extension(const Decision& decision, const ExtensionSummary& extension);

}  // namespace assay::analysis
