#pragma once
// What a report says of a panel of judges, beside its decision.

#include <string>
#include <vector>

#include "assay/report/report_model.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

/// "judge-a, judge-b": each on one line of plain text. The model has a panel.
[[nodiscard]] std::string panel_names(const ReportModel& model);
/// Of each variant how much the judges' verdicts have in common: lines for a terminal. Empty
/// without a panel.
[[nodiscard]] std::vector<std::string> panel_correlation_lines(const ReportModel& model);

/// "as judged by X", or "in the eyes of this panel: X, Y".
[[nodiscard]] Text judged_by_text(const ReportModel& model);
/// What each judge of the panel says by itself, and how much their verdicts have in common. Nothing
/// without a panel.
void add_panel_parts(Section& section, const ReportModel& model);

}  // namespace assay::report
