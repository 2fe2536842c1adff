#pragma once

#include <string>

#include "assay/records/audit.hpp"
#include "assay/report/report_model.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// What the judges of a stored plan are like. Pure but for reading the store: the same store gives
/// the same audit. `judge`: only this one, and what others say beside it; empty: all. Throws Error
/// kUsage if there is no such judge, or as build_report does.
[[nodiscard]] RunAudit build_audit(const store::Store& store,
                                   const std::string& plan_sha256,
                                   const std::string& judge);

/// Fills `calibration` of every comparison whose judge is not people, from the judges of the model
/// that are.
void add_calibrations(report::ReportModel& model, const AnalysisSettings& settings);

}  // namespace assay::run
