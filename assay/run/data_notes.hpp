#pragma once
// What a reader should know of the questions and the expected answers before the figures.

#include <string>
#include <vector>

#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Sentences: copies and near copies among the questions, and for each metric that is a judge
/// whether it fits the answers. Empty: nothing to say.
[[nodiscard]] std::vector<std::string> data_notes_of(const StoredRun& stored);

}  // namespace assay::run
