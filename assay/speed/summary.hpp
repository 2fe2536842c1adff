#pragma once
// From measurements of speed to medians, their intervals, and ratios to a baseline.

#include <array>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/records/speed_sample.hpp"

namespace assay::speed {

enum class Measure { kLoad, kPrefill, kFirstToken, kDecode, kBatchDecode, kPeakMemory };

inline constexpr std::array kMeasures{Measure::kLoad,
                                      Measure::kPrefill,
                                      Measure::kFirstToken,
                                      Measure::kDecode,
                                      Measure::kBatchDecode,
                                      Measure::kPeakMemory};

/// Its name in JSON, with its unit: "decode_tokens_per_s".
[[nodiscard]] std::string_view key_of(Measure measure);

/// In seconds (load, first token), tokens a second (prefill, decode; of all streams together for
/// the batch) or bytes (peak memory).
[[nodiscard]] double value_of(Measure measure,
                              const SpeedSample& sample,
                              const SpeedSettings& settings);

/// Of an interval that something is said on: that of 5 values.
inline constexpr double kLeastCoverage = 0.9;

/// A median with an interval that assumes nothing of the distribution: two order statistics.
struct MedianEstimate {
    double median = 0;
    double low = 0;
    double high = 0;
    double coverage = 0;  ///< probability that such an interval holds the true median; 0: one
                          ///< value, no interval
};
/// The narrowest interval with a coverage of at least 95 %; of fewer than 6 values there is none,
/// then lowest and highest (David and Nagaraja, Order Statistics, 3rd ed. 2003, section 7.1).
/// Nothing for no values.
[[nodiscard]] std::optional<MedianEstimate> estimate_median(std::span<const double> values);

/// What was measured of one variant.
struct MeasureSummary {
    Measure measure = Measure::kLoad;
    std::vector<double> values{};  ///< in the order of the rounds
    MedianEstimate estimate{};
    std::optional<MedianEstimate> ratio{};  ///< to the baseline, of pairs of the same round; empty:
                                            ///< this is the baseline, or its value was 0

    /// Whether the ratio's interval leaves 1 out. Nothing where the rounds are too few to say:
    /// their interval covers less than kLeastCoverage, or there is none.
    [[nodiscard]] std::optional<bool> differs() const;
};
/// Of every measure, in the order of kMeasures. `samples`: one for each round, at least one;
/// `baseline`: of the same rounds, empty for the baseline itself.
[[nodiscard]] std::vector<MeasureSummary> summarize(std::span<const SpeedSample> samples,
                                                    std::span<const SpeedSample> baseline,
                                                    const SpeedSettings& settings);

}  // namespace assay::speed
