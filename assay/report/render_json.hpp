#pragma once

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

/// report.json (docs/formats.md, "report.json"): schema_version 1, keys in a fixed order, valid
/// UTF-8, doubles as the shortest text that reads back to the same value, unknown values null with
/// a why. Ends with a line feed. Throws std::logic_error if `experiment.plan_json` is neither empty
/// nor JSON.
[[nodiscard]] std::string render_json(const ReportModel& model);

}  // namespace assay::report
