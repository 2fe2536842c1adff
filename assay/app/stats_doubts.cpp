#include "assay/app/stats_doubts.hpp"

#include <fmt/format.h>

#include <cstdint>
#include <map>
#include <span>

#include "assay/analysis/position_gate.hpp"
#include "assay/analysis/small_sample.hpp"

namespace assay::app {
namespace {

/// Of at least kFewestUnits comparisons that were not settled by equal answers.
bool always_on_one_side(std::span<const Outcome> outcomes) {
    std::int64_t n_as_a = 0, n = 0;
    for (const Outcome& outcome : outcomes) {
        if (outcome.side_known && !outcome.identical) {
            ++n;
            n_as_a += outcome.variant_is_a;
        }
    }
    return n >= analysis::kFewestUnits && (n_as_a == 0 || n_as_a == n);
}

/// "Q4_K_M", or "the variant" of a file that names none.
std::string name_of_variant(const ComparisonAnalysis& comparison) {
    return comparison.variant.empty() ? "the variant" : comparison.variant;
}

}  // namespace

std::string why_one_sided(const exchange::OutcomeGroup& group,
                          const ComparisonAnalysis& comparison) {
    if (!always_on_one_side(group.outcomes)) {
        return "";
    }
    return fmt::format(
        "{} was always shown on one side, so its quality and the judge's bias for a side cannot be "
        "told apart",
        name_of_variant(comparison));
}

std::string why_a_copy(const exchange::OutcomeGroup& group, const ComparisonAnalysis& comparison) {
    const Counts& counts = comparison.counts;
    const bool all_identical = counts.identical == counts.n_items;
    const std::int64_t n_equal = all_identical ? counts.identical : group.n_equal_texts,
                       n_texts = all_identical ? counts.n_items : group.n_texts;
    if (n_texts < analysis::kFewestUnits || n_equal < n_texts) {
        return "";
    }
    return fmt::format(
        "all {} answers of {} are the baseline's: perhaps one file or model was named twice",
        n_texts,
        name_of_variant(comparison));
}

void gate_by_position(std::vector<ComparisonAnalysis>& comparisons) {
    std::map<std::string, std::vector<ComparisonAnalysis*>> by_judge;
    for (ComparisonAnalysis& each : comparisons) {
        by_judge[each.judge].push_back(&each);
    }
    for (const auto& [judge, of_judge] : by_judge) {
        analysis::gate_positions(of_judge);
    }
}

}  // namespace assay::app
