#include "assay/analysis/rates.hpp"

#include "assay/stats/proportion.hpp"

namespace assay::analysis {
namespace {

using IntervalOf = stats::Interval (*)(std::int64_t, std::int64_t, double);

Estimate rate(std::int64_t part,
              std::int64_t whole,
              const std::string& why_none,
              IntervalOf interval_of) {
    Estimate out;
    out.confidence = kConfidence;
    out.n = whole;
    if (whole == 0) {
        out.why = why_none;
        return out;
    }
    const stats::Interval interval = interval_of(part, whole, kConfidence);
    out.value = static_cast<double>(part) / static_cast<double>(whole);
    out.low = interval.low;
    out.high = interval.high;
    return out;
}

}  // namespace

Estimate wilson_rate(std::int64_t part, std::int64_t whole, const std::string& why_none) {
    Estimate out = rate(part, whole, why_none, stats::wilson);
    out.method = "Wilson score interval";
    return out;
}

Estimate exact_rate(std::int64_t part, std::int64_t whole, const std::string& why_none) {
    Estimate out = rate(part, whole, why_none, stats::clopper_pearson);
    out.method = "Clopper-Pearson interval";
    return out;
}

}  // namespace assay::analysis
