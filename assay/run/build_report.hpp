#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/analysis/recommend.hpp"
#include "assay/exchange/study.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/report_model.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// The report of a stored plan. Pure but for reading the store: the same store gives the same
/// model. Throws Error kUsage if the plan's prompts were never made, so that there is nothing to
/// report. `settings`: instead of the plan's; other ones than those of the first verdict make the
/// report exploratory.
[[nodiscard]] report::ReportModel build_report(
    const store::Store& store,
    const std::string& plan_sha256,
    const std::optional<AnalysisSettings>& settings = std::nullopt);

/// The variants with the decisions of the judge that decides, in the plan's order: what
/// recommendation and exit code follow from.
[[nodiscard]] std::vector<analysis::Candidate> candidates_of(const report::ReportModel& model);

/// The comparisons of the variant and judge that `analysis` is of, with what was said of them, in
/// the order of judging. For the study's files.
[[nodiscard]] std::vector<exchange::StudyItem> study_items(const store::Store& store,
                                                           const std::string& plan_sha256,
                                                           const ComparisonAnalysis& analysis);
/// The controls that stand among them.
[[nodiscard]] std::vector<exchange::StudyControl> study_controls(const store::Store& store,
                                                                 const std::string& plan_sha256,
                                                                 const std::string& variant,
                                                                 const std::string& judge);
/// A variant's answers in the order of the questions; those that were never made are left out.
[[nodiscard]] std::vector<exchange::StudyAnswer> study_answers(const store::Store& store,
                                                               const std::string& plan_sha256,
                                                               const std::string& variant);

}  // namespace assay::run
