#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/analysis/recommend.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Counted up whenever the same rows give another report: other decisions, other figures, other
/// words. Files that another version wrote are not compared with what this one computes (verify).
inline constexpr std::string_view kReportRules = "6";

/// The report of a stored run. Pure: the same run gives the same model. `settings`: instead of the
/// plan's; other ones than those of the first verdict make the report exploratory.
[[nodiscard]] report::ReportModel build_report(
    const StoredRun& stored, const std::optional<AnalysisSettings>& settings = std::nullopt);
/// Of a plan of a store, read for this. Throws Error as StoredRun does.
[[nodiscard]] report::ReportModel build_report(
    const store::Store& store,
    const std::string& plan_sha256,
    const std::optional<AnalysisSettings>& settings = std::nullopt);

/// What the report says of being exploratory, for the exit code.
[[nodiscard]] analysis::Exploratory exploratory_of(const report::ReportModel& model, bool accepted);

/// The variants with the decisions of the judge that decides, in the plan's order: what
/// recommendation and exit code follow from.
[[nodiscard]] std::vector<analysis::Candidate> candidates_of(const report::ReportModel& model);

}  // namespace assay::run
