#pragma once
// How good retrieval was: counted from what was frozen.

#include <set>
#include <span>
#include <string>

#include "assay/records/question.hpp"
#include "assay/records/retrieval.hpp"
#include "assay/retrieval/frozen.hpp"

namespace assay::retrieval {

/// The figures for these questions, whose contexts are those that were retrieved. Shares have
/// Wilson's interval, means one by clusters (stats/clusters.hpp), both at 95 %.
[[nodiscard]] RetrievalReport report_of(const FrozenRetrieval& frozen,
                                        std::span<const Question> questions);

/// Whether the question, if it has five words or more, stands in one of the contexts word for word.
[[nodiscard]] bool finds_itself(const std::string& question, std::span<const std::string> contexts);

/// Ids of the questions with gold passages: those with one among their contexts, and the others.
struct HitsAndMisses {
    std::set<std::string> hits;
    std::set<std::string> misses;
};
[[nodiscard]] HitsAndMisses hits_and_misses(const FrozenRetrieval& frozen,
                                            std::span<const Question> questions);

}  // namespace assay::retrieval
