#pragma once
// Flags of two variants on the same questions -> rates, their difference, and tests.

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/failure_modes/modes.hpp"
#include "assay/stats/net_intervals.hpp"
#include "assay/stats/proportion.hpp"

namespace assay::failure_modes {

/// How often a variant shows a mode.
struct Rate {
    std::int64_t count = 0;
    stats::Interval interval;             ///< Wilson; [0, 1] without answers
    std::optional<double> upper_if_none;  ///< where it never does: the exact one-sided bound 1 -
                                          ///< alpha^(1/n), alpha = 1 - confidence
};

/// One binary flag of answers, variant against baseline.
struct FlagComparison {
    stats::PairedTable table;  ///< candidate: the variant; reference: the baseline
    Rate baseline;
    Rate variant;
    std::optional<stats::NetInterval> difference;  ///< variant's rate - baseline's, Newcombe's
                                                   ///< method 10; nothing without answers
    double p_mid = 1;                              ///< McNemar's mid-p test, two-sided
    double p_exact = 1;                            ///< McNemar's exact test, two-sided
    double p_holm = 1;  ///< p_mid after Holm over all flags, those that never occur among them: the
                        ///< family is fixed
};

/// Adds one question to a table: whether the two answers to it have a flag.
void count_pair(stats::PairedTable& table, bool baseline, bool variant);

/// Of several flags of the same answers, in their order; p_holm is over all of them. confidence in
/// (0, 1). The questions are taken as independent.
[[nodiscard]] std::vector<FlagComparison> compare_flags(std::span<const stats::PairedTable> tables,
                                                        double confidence = 0.95);

/// One mode, variant against baseline.
struct ModeComparison : FlagComparison {
    Mode mode = Mode::kTruncation;
};
/// In the order of kAllModes.
using Comparison = std::array<ModeComparison, kModes>;

/// `baseline` and `variant` hold the flags of the same questions in the same order (as many of
/// each, or ASSAY_CHECK). confidence as above.
[[nodiscard]] Comparison compare(std::span<const Flags> baseline,
                                 std::span<const Flags> variant,
                                 double confidence = 0.95);

}  // namespace assay::failure_modes
