#pragma once

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// What a report says of a judge: how it was asked and what that cost, its controls, how often it
/// repeats itself, what it took from other runs.
[[nodiscard]] report::ReportJudge report_judge_of(const StoredRun& stored,
                                                  const StoredJudge& judge);

}  // namespace assay::run
