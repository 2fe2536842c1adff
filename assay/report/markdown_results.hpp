#pragma once
// The sections of report.md that show what was judged. Each returns Markdown that starts with its
// heading and ends with an empty line.

#include <string>

#include "assay/report/report_model.hpp"

namespace assay::report {

[[nodiscard]] std::string md_match_outcomes(const ReportModel& model);
[[nodiscard]] std::string md_win_rates(const ReportModel& model);
[[nodiscard]] std::string md_significance(const ReportModel& model);
[[nodiscard]] std::string md_net_win_rate(const ReportModel& model);
[[nodiscard]] std::string md_position(const ReportModel& model);
[[nodiscard]] std::string md_confidence(const ReportModel& model);
/// The first thing that people open: what the variant lost, with both answers and the reason. 25
/// rows for each comparison of the judge that decides, then a count.
[[nodiscard]] std::string md_lost_questions(const ReportModel& model);
/// Answers that were cut, empty or never came, and verdicts that could not be used.
[[nodiscard]] std::string md_failures(const ReportModel& model);
[[nodiscard]] std::string md_sample_size(const ReportModel& model);

}  // namespace assay::report
