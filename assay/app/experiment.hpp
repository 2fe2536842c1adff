#pragma once
// The spine: one experiment from plan to report model.

#include <atomic>

#include "assay/app/run_options.hpp"
#include "assay/base/progress.hpp"
#include "assay/report/report_model.hpp"

namespace assay::app {

/// Runs what is missing of the experiment and leaves everything in plan.run_dir: store, report, the
/// study's files. An experiment that is finished computes nothing. Throws Error when it cannot go
/// on; what was done until then is kept, and the same call goes on from there.
report::ReportModel run_experiment(const RunOptions& options,
                                   const std::atomic<bool>& cancel,
                                   Progress& progress);

/// The first stage of run_experiment alone: every file is a model or answers that fit the
/// questions, and every judge can be made. Throws the Error that the run would; sends and makes
/// nothing.
void check_experiment(const RunOptions& options,
                      const std::atomic<bool>& cancel,
                      Progress& progress);

}  // namespace assay::app
