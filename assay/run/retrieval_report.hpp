#pragma once
// What a report says of retrieval.

#include <optional>
#include <vector>

#include "assay/records/retrieval.hpp"
#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Figures of the plan's questions; empty where it retrieves nothing.
[[nodiscard]] std::optional<RetrievalReport> retrieval_report_of(const StoredRun& stored);

/// The outcomes of each comparison of the model, apart for hits and misses; empty where no question
/// has gold passages, or all are hits, or none is.
[[nodiscard]] std::vector<OutcomesByHit> outcomes_by_hit(const StoredRun& stored,
                                                         const report::ReportModel& model);

}  // namespace assay::run
