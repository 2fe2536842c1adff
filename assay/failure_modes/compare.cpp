#include "assay/failure_modes/compare.hpp"

#include <cmath>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/stats/multiplicity.hpp"
#include "assay/stats/sign_test.hpp"

namespace assay::failure_modes {
namespace {

stats::PairedTable table_of(Mode mode,
                            std::span<const Flags> baseline,
                            std::span<const Flags> variant) {
    stats::PairedTable out;
    for (std::size_t i = 0; i < baseline.size(); ++i) {
        count_pair(out, baseline[i].has(mode), variant[i].has(mode));
    }
    return out;
}

Rate rate_of(std::int64_t count, std::int64_t n, double confidence) {
    Rate out;
    out.count = count;
    out.interval = stats::wilson(count, n, confidence);
    if (count == 0 && n > 0) {
        out.upper_if_none = 1 - std::pow(1 - confidence, 1 / static_cast<double>(n));
    }
    return out;
}

}  // namespace

void count_pair(stats::PairedTable& table, bool baseline, bool variant) {
    if (baseline && variant) {
        ++table.both;
    } else if (variant) {
        ++table.candidate_only;
    } else if (baseline) {
        ++table.reference_only;
    } else {
        ++table.neither;
    }
}

std::vector<FlagComparison> compare_flags(std::span<const stats::PairedTable> tables,
                                          double confidence) {
    std::vector<FlagComparison> out;
    std::vector<double> p;
    for (const stats::PairedTable& table : tables) {
        FlagComparison& row = out.emplace_back();
        row.table = table;
        row.baseline = rate_of(table.both + table.reference_only, table.n(), confidence);
        row.variant = rate_of(table.both + table.candidate_only, table.n(), confidence);
        row.difference = stats::newcombe_paired(table, confidence);
        const stats::SignTestResult test = stats::sign_test(table.candidate_only,
                                                            table.reference_only);
        row.p_mid = test.mid_p;
        row.p_exact = test.two_sided;
        p.push_back(row.p_mid);
    }
    const std::vector<double> adjusted = stats::holm(p);
    for (std::size_t i = 0; i < out.size(); ++i) {
        out[i].p_holm = adjusted[i];
    }
    return out;
}

Comparison compare(std::span<const Flags> baseline,
                   std::span<const Flags> variant,
                   double confidence) {
    ASSAY_CHECK(baseline.size() == variant.size());
    std::vector<stats::PairedTable> tables;
    for (const Mode mode : kAllModes) {
        tables.push_back(table_of(mode, baseline, variant));
    }
    const std::vector<FlagComparison> rows = compare_flags(tables, confidence);
    Comparison out;
    for (std::size_t i = 0; i < kModes; ++i) {
        static_cast<FlagComparison&>(out[i]) = rows[i];
        out[i].mode = kAllModes[i];
    }
    return out;
}

}  // namespace assay::failure_modes
