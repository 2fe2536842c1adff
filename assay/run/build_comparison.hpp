#pragma once

#include <cstddef>

#include "assay/records/plan.hpp"
#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// What one judge said of one variant, unblinded and analysed. The decision is as the outcomes give
/// it: neither gated by the judge's controls nor settled with the other variants' yet.
[[nodiscard]] report::ReportComparison comparison_of(const StoredRun& stored,
                                                     std::size_t variant,
                                                     const StoredJudge& judge,
                                                     const AnalysisSettings& settings);

}  // namespace assay::run
