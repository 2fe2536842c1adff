#pragma once
// What a run is told.

#include <optional>
#include <string>
#include <vector>

#include "assay/app/retrieve_contexts.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

struct RunOptions {
    Plan plan;
    std::vector<Question> questions;  ///< of plan.dataset, with their contexts
    std::string command;              ///< what the user typed, for the report
    bool only_judge = false;          ///< answers that are missing are an error (kUsage), not made
    bool rejudge = false;  ///< stored verdicts of the plan's judges are set aside and asked for
                           ///< again
    bool fidelity = true;  ///< variants read the baseline's answers token by token
    std::string judge_cache{};  ///< folder of verdicts of other runs; empty: none is read or kept
    std::optional<RetrievalToKeep> retrieval{};  ///< from which the questions have their contexts;
                                                 ///< empty: from the dataset
};

}  // namespace assay::app
