#include "assay/speed/summary.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

#include "assay/base/result.hpp"
#include "assay/stats/robust.hpp"

namespace assay::speed {
namespace {

constexpr double kConfidence = 0.95;

double seconds(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e9;
}

/// 0 where no time was measured.
double per_second(int n_tokens, std::uint64_t ns) {
    return ns == 0 ? 0.0 : static_cast<double>(n_tokens) / seconds(ns);
}

/// Nothing where a value of the baseline is 0.
std::optional<MedianEstimate> ratio_to(const std::vector<double>& values,
                                       const std::vector<double>& baseline) {
    std::vector<double> ratios;
    for (std::size_t i = 0; i < values.size(); ++i) {
        if (!(baseline[i] > 0)) {
            return std::nullopt;
        }
        ratios.push_back(values[i] / baseline[i]);
    }
    return estimate_median(ratios);
}

}  // namespace

std::string_view key_of(Measure measure) {
    switch (measure) {
        case Measure::kLoad: return "load_s";
        case Measure::kPrefill: return "prefill_tokens_per_s";
        case Measure::kFirstToken: return "first_token_s";
        case Measure::kDecode: return "decode_tokens_per_s";
        case Measure::kBatchDecode: return "batch_decode_tokens_per_s";
        case Measure::kPeakMemory: return "peak_memory_bytes";
    }
    return "";
}

double value_of(Measure measure, const SpeedSample& sample, const SpeedSettings& settings) {
    switch (measure) {
        case Measure::kLoad: return seconds(sample.load_ns);
        case Measure::kPrefill: return per_second(settings.n_prompt, sample.prefill_ns);
        case Measure::kFirstToken: return seconds(sample.first_token_ns);
        case Measure::kDecode: return per_second(settings.n_answer, sample.decode_ns);
        case Measure::kBatchDecode:
            return per_second(settings.n_answer * settings.n_streams, sample.batch_decode_ns);
        case Measure::kPeakMemory: return static_cast<double>(sample.peak_memory_bytes);
    }
    return 0;
}

std::optional<MedianEstimate> estimate_median(std::span<const double> values) {
    const auto median = stats::median(values);
    if (!median) {
        return std::nullopt;
    }
    std::vector<double> sorted(values.begin(), values.end());
    std::sort(sorted.begin(), sorted.end());
    const auto n = static_cast<std::int64_t>(sorted.size());
    if (const auto ranks = stats::median_ranks(n, kConfidence)) {
        return MedianEstimate{*median,
                              sorted[static_cast<std::size_t>(ranks->low - 1)],
                              sorted[static_cast<std::size_t>(ranks->high - 1)],
                              ranks->coverage};
    }
    // The median is outside only if all values fall on one side of it.
    const double coverage = 1 - std::pow(0.5, static_cast<double>(n - 1));
    return MedianEstimate{*median, sorted.front(), sorted.back(), coverage};
}

std::optional<bool> MeasureSummary::differs() const {
    if (!ratio || ratio->coverage < kLeastCoverage) {
        return std::nullopt;
    }
    return ratio->low > 1 || ratio->high < 1;
}

std::vector<MeasureSummary> summarize(std::span<const SpeedSample> samples,
                                      std::span<const SpeedSample> baseline,
                                      const SpeedSettings& settings) {
    ASSAY_CHECK(!samples.empty() && (baseline.empty() || baseline.size() == samples.size()));
    const auto values_of = [&](Measure measure, std::span<const SpeedSample> of) {
        std::vector<double> out;
        for (const SpeedSample& sample : of) {
            out.push_back(value_of(measure, sample, settings));
        }
        return out;
    };
    std::vector<MeasureSummary> out;
    for (const Measure measure : kMeasures) {
        MeasureSummary one{measure, values_of(measure, samples)};
        one.estimate = *estimate_median(one.values);
        if (!baseline.empty()) {
            one.ratio = ratio_to(one.values, values_of(measure, baseline));
        }
        out.push_back(std::move(one));
    }
    return out;
}

}  // namespace assay::speed
