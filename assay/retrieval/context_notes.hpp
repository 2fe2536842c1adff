#pragma once
// What a user has to know of the contexts that were found, before any figure is read.

#include <span>
#include <string>
#include <vector>

#include "assay/records/question.hpp"
#include "assay/retrieval/frozen.hpp"

namespace assay::retrieval {

/// Throws Error kUsage where more than half of the questions have no context: the corpus is not
/// one for these questions. `corpus`: its path.
void refuse_few_contexts(const std::string& corpus, std::span<const Question> questions);

/// A sentence each, without a full stop: for how many questions no passage was found, and where
/// fewer than half of the questions with gold passages have one among their contexts. Each names
/// the first questions. The questions' contexts are those that were retrieved.
[[nodiscard]] std::vector<std::string> context_notes(const FrozenRetrieval& frozen,
                                                     std::span<const Question> questions);

}  // namespace assay::retrieval
