#pragma once
// The parts of report.md that say how far the result can be trusted: controls of the judges, early
// stopping, sensitivity.

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

/// A bullet for each judge: what it made of pairs whose right outcome is known.
[[nodiscard]] std::string md_judge_controls(const ReportModel& model);
/// How judging could have stopped early, and how it ended; empty where nothing could.
[[nodiscard]] std::string md_stopping(const ReportModel& model);
/// Lines that inform and decide nothing: worst case of failed verdicts, equal length, further
/// judges, the known-bad variant.
[[nodiscard]] std::string md_sensitivity(const ReportModel& model);

}  // namespace assay::report
