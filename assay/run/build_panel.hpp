#pragma once
// The decision of a panel: of all judges of a run together.

#include <string>
#include <vector>

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Fills model.panel where the plan asks for a panel. Judges and comparisons of `model` are there,
/// each judge's decisions gated as if it decided alone. `equal_answers` is
/// equal_answers_of(stored). What is seen of the judges together (two that always say the same)
/// goes to the model's warnings.
void add_panel(report::ReportModel& model,
               const StoredRun& stored,
               const AnalysisSettings& settings,
               const std::vector<std::string>& equal_answers);

/// Throws Error kUsage where two judges of a panel have the same key: one identity under two names.
void refuse_judge_twice(const Plan& plan, const std::vector<JudgeFacts>& judges);

}  // namespace assay::run
