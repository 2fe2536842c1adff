#pragma once
// The judges of a report as raters of the same comparisons: what audit and calibration look at.

#include <string>
#include <vector>

#include "assay/analysis/agreement.hpp"
#include "assay/records/outcome.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/report_model.hpp"

namespace assay::run {

[[nodiscard]] bool is_people(const report::ReportJudge& judge);

/// The outcomes of each comparison of the model, in its order.
[[nodiscard]] std::vector<std::vector<Outcome>> outcomes_of(const report::ReportModel& model);

/// Fills `calibration` of every comparison whose judge is not people, from the judges of the model
/// that are.
void add_calibrations(report::ReportModel& model, const AnalysisSettings& settings);

}  // namespace assay::run
