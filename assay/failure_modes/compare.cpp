#include "assay/failure_modes/compare.hpp"

#include <cmath>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/multiplicity.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::failure_modes {
namespace {

stats::PairedTable table_of(Mode mode, std::span<const Flags> baseline, std::span<const Flags> variant) {
    stats::PairedTable out;
    for (std::size_t i = 0; i < baseline.size(); ++i) {
        const bool reference = baseline[i].has(mode), candidate = variant[i].has(mode);
        if (reference && candidate) {
            ++out.both;
        } else if (candidate) {
            ++out.candidate_only;
        } else if (reference) {
            ++out.reference_only;
        } else {
            ++out.neither;
        }
    }
    return out;
}

Rate rate_of(std::int64_t count, std::int64_t n, double confidence) {
    Rate out;
    out.count = count;
    out.interval = stats::wilson(count, n, confidence);
    if (count == 0 && n > 0) out.upper_if_none = 1 - std::pow(1 - confidence, 1 / static_cast<double>(n));
    return out;
}

}  // namespace

Comparison compare(std::span<const Flags> baseline, std::span<const Flags> variant, double confidence) {
    ASSAY_CHECK(baseline.size() == variant.size());
    const auto n = static_cast<std::int64_t>(baseline.size());
    Comparison out;
    std::vector<double> p;
    for (std::size_t i = 0; i < kModes; ++i) {
        ModeComparison& row = out[i];
        row.mode = kAllModes[i];
        row.table = table_of(row.mode, baseline, variant);
        row.baseline = rate_of(row.table.both + row.table.reference_only, n, confidence);
        row.variant = rate_of(row.table.both + row.table.candidate_only, n, confidence);
        row.difference = stats::newcombe_paired(row.table, confidence);
        const stats::SignTestResult test = stats::sign_test(row.table.candidate_only, row.table.reference_only);
        row.p_mid = test.mid_p;
        row.p_exact = test.two_sided;
        p.push_back(row.p_mid);
    }
    const std::vector<double> adjusted = stats::holm(p);
    for (std::size_t i = 0; i < kModes; ++i) out[i].p_holm = adjusted[i];
    return out;
}

}  // namespace assay::failure_modes
