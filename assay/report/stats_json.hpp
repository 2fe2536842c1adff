#pragma once
// The JSON form of what `assay stats` shows.

#include <string>

#include "assay/report/stats_document.hpp"

namespace assay::report {

/// One JSON object, indented by `indent` spaces (negative: on one line), without a final line
/// break: schema_version (kAnalysisSchemaVersion), source {file, format} and notes (where there are
/// any); then, of one comparison, the fields of analysis_to_json themselves, with variant, baseline
/// and judge (null: not named) before them unless it is of bare counts; of several, a list
/// `comparisons` of such objects; with several judges `agreement` (audit_json.hpp).
[[nodiscard]] std::string stats_to_json(const StatsDocument& document, int indent);

}  // namespace assay::report
