#pragma once
// The sections of one comparison in `assay stats`; stats_sections.cpp puts them in order.

#include <optional>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

// stats_parts_outcome.cpp: what was counted, and what follows
[[nodiscard]] Section counts_section(const ComparisonAnalysis& analysis);
[[nodiscard]] Section estimates_section(const ComparisonAnalysis& analysis);
[[nodiscard]] Section decision_section(const ComparisonAnalysis& analysis);
/// What would change the decision; empty where nothing is known that would.
[[nodiscard]] std::optional<Section> outlook_section(const ComparisonAnalysis& analysis);

// stats_parts_tests.cpp: tests and their companions
[[nodiscard]] Section difference_section(const ComparisonAnalysis& analysis);
[[nodiscard]] Section detectable_section(const DetectableEffect& mde);
[[nodiscard]] Section equivalence_section(const ComparisonAnalysis& analysis);
[[nodiscard]] Section bayes_section(const Companions& companions, double margin);

// stats_parts_judging.cpp: how the verdicts hang together
[[nodiscard]] Section dependence_section(const ComparisonAnalysis& analysis);
[[nodiscard]] Section position_section(const ComparisonAnalysis& analysis);
[[nodiscard]] Section both_orders_section(const BothOrders& both_orders);
[[nodiscard]] Section confidence_section(const std::vector<ConfidenceRow>& rows);

}  // namespace assay::report
