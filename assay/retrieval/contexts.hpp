#pragma once
// The stage `retrieve`: questions -> questions with contexts, and what is to be frozen of it.

#include <optional>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/records/question.hpp"
#include "assay/retrieval/dense.hpp"

namespace assay::retrieval {

struct WithContexts {
    std::vector<Question> questions;  ///< with the passages that were retrieved as their contexts
    std::string frozen;               ///< for freeze()
};

/// `before`: what the run keeps already (stored_retrieval). Its questions get the contexts that
/// they had; only further ones are searched for.
///
/// Throws Error kUsage where questions have contexts already and are not to lose them; where the
/// corpus cannot be read (corpus_files.hpp, corpus.hpp); where rules or corpus differ from those of
/// `before`, with the first difference; where a gold id is not in the corpus; where nothing is
/// found for more than half of the questions. Throws what DenseLeg throws.
[[nodiscard]] WithContexts with_contexts(const SearchSetup& setup,
                                         std::vector<Question> questions,
                                         const std::optional<std::string>& before,
                                         Progress& progress);

}  // namespace assay::retrieval
