#pragma once
// The contexts of a plan's questions, before anything is made.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

/// What a run is to keep of its retrieval (retrieval::freeze).
struct RetrievalToKeep {
    std::string text;
    std::optional<std::string> before;  ///< what the run kept when this was made
};

struct QuestionsWithContexts {
    std::vector<Question> questions;
    std::optional<RetrievalToKeep> retrieval;  ///< empty: the plan retrieves nothing
};

/// The questions as they are where the plan retrieves nothing, else with the contexts that the run
/// keeps already, or that are found now. Stores nothing. Throws Error as
/// retrieval::with_contexts; kInterrupted when `cancel` is set while vectors are made.
[[nodiscard]] QuestionsWithContexts retrieve_contexts(const Plan& plan,
                                                      std::vector<Question> questions,
                                                      const std::atomic<bool>& cancel,
                                                      Progress& progress);

}  // namespace assay::app
