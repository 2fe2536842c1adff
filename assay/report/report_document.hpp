#pragma once

#include <string>

#include "assay/report/report_model.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

/// The report's sections, in the order of the study's report. What was not measured is called so,
/// never 0.
[[nodiscard]] Document report_document(const ReportModel& model);
/// The same as report.md. Ends with one line feed.
[[nodiscard]] std::string report_markdown(const ReportModel& model);

}  // namespace assay::report
