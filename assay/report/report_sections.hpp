#pragma once
// The sections of a report. Each is a pure function of the model and stands under its heading;
// report_document.cpp puts them in order.

#include <optional>
#include <vector>

#include "assay/report/report_model.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

// report_sections_summary.cpp: what was found
[[nodiscard]] Section key_finding_section(const ReportModel& model);
[[nodiscard]] Section conclusion_section(const ReportModel& model);
[[nodiscard]] Section caveats_section(const ReportModel& model);

// report_sections_setup.cpp: what was compared, and how it was kept equal
[[nodiscard]] Section models_section(const ReportModel& model);
[[nodiscard]] Section controls_section(const ReportModel& model);

// report_sections_retrieval.cpp
/// What the contexts were retrieved from, and how well; empty where the dataset has them.
[[nodiscard]] std::optional<Section> retrieval_section(const ReportModel& model);

// report_sections_fidelity.cpp
/// How far the variants are from the baseline on its own answers, token by token, and verdicts by
/// that; empty where nobody asked for it.
[[nodiscard]] std::optional<Section> fidelity_section(const ReportModel& model);

// report_sections_judges.cpp: who judged
[[nodiscard]] Section blinding_section(const ReportModel& model);
/// A bullet or two for each judge: what it made of pairs whose right outcome is known, and of those
/// that it was asked about again.
[[nodiscard]] std::vector<Text> judge_controls(const ReportModel& model);

// report_sections_results.cpp: the statistics of the verdicts
[[nodiscard]] Section match_outcomes_section(const ReportModel& model);
[[nodiscard]] Section win_rates_section(const ReportModel& model);
[[nodiscard]] Section significance_section(const ReportModel& model);
[[nodiscard]] Section net_win_rate_section(const ReportModel& model);
[[nodiscard]] Section sample_size_section(const ReportModel& model);

// report_sections_trust.cpp: how far the result can be trusted
[[nodiscard]] Section position_section(const ReportModel& model);
[[nodiscard]] Section confidence_section(const ReportModel& model);
/// How judging could have stopped early, and how it ended; empty where nothing could.
[[nodiscard]] std::optional<Section> stopping_section(const ReportModel& model);
/// What informs and decides nothing: worst case of failed verdicts, equal length, further judges,
/// the known-bad variant. Empty where no judge decides.
[[nodiscard]] std::optional<Section> sensitivity_section(const ReportModel& model);

// report_sections_answers.cpp: single questions and answers
/// The first thing that people open: what the variant lost, with both answers and the reason. 25
/// rows for each comparison of the judge that decides, then a count.
[[nodiscard]] Section lost_questions_section(const ReportModel& model);
/// Answers that were cut, empty or never came, failure modes, and verdicts that could not be used.
[[nodiscard]] Section failures_section(const ReportModel& model);

// report_sections_use.cpp: what a user gets, and what makes the run again
[[nodiscard]] Section practical_section(const ReportModel& model);
[[nodiscard]] Section reproducibility_section(const ReportModel& model);

/// "Nothing was judged: not measured."
[[nodiscard]] Block nothing_was_judged();
/// The table, or that sentence where it has no row.
[[nodiscard]] Block table_or_nothing(Table table);
/// The baseline; null in an empty model.
[[nodiscard]] const ReportVariant* baseline_of(const ReportModel& model);
/// Whether the judge is a metric, which no model is asked for.
[[nodiscard]] bool is_metric(const ReportJudge& judge);
/// " (40.0 % of the baseline)"; empty where one of the two is not known.
[[nodiscard]] Text relative_text(double value, double baseline);
/// A row that begins with the names of variant and judge.
[[nodiscard]] std::vector<Text> row_of(const ComparisonAnalysis& analysis,
                                       std::vector<Text> figures);

}  // namespace assay::report
