#pragma once
// The spine: one experiment from plan to report model.

#include <atomic>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"
#include "assay/report/report_model.hpp"

namespace assay::app {

struct RunOptions {
    Plan plan;
    std::vector<Question> questions;  ///< of plan.dataset
    std::string command;              ///< what the user typed, for the report
    bool only_judge = false;          ///< answers that are missing are an error (kUsage), not made
    bool rejudge = false;     ///< stored verdicts of the plan's judges are set aside and asked for
                              ///< again
    std::string judge_cache;  ///< folder of verdicts of other runs; empty: none is read or kept
};

/// Runs what is missing of the experiment and leaves everything in plan.run_dir: store, report, the
/// study's files. An experiment that is finished computes nothing. Throws Error when it cannot go
/// on; what was done until then is kept, and the same call goes on from there.
report::ReportModel run_experiment(const RunOptions& options,
                                   const std::atomic<bool>& cancel,
                                   Progress& progress);

}  // namespace assay::app
