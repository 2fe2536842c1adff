#pragma once
// What a run is told.

#include <string>
#include <vector>

#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

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

}  // namespace assay::app
