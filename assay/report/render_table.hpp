#pragma once

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

/// The decision table for the terminal: the baseline's row, a row per variant by the judge that
/// decides, and the sentence of the recommendation. `colour`: ANSI colours on the decisions (green
/// equivalent and non-inferior, red degraded, yellow the others). `width`: columns of the terminal,
/// at least 60 are used. To fit, names are shortened first, then columns are left out and named
/// below the table; with usual figures 100 columns hold them all. Ends with a line feed.
[[nodiscard]] std::string render_table(const ReportModel& model, bool colour, int width);

}  // namespace assay::report
