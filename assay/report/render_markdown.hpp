#pragma once

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

/// report.md (GitHub's Markdown), in the order of the study's report. What was not measured is
/// called so, never 0. Text of questions, answers and judges is escaped: it can neither start
/// markup nor leave its table cell.
[[nodiscard]] std::string render_markdown(const ReportModel& model);

}  // namespace assay::report
