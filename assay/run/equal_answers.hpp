#pragma once
// What a stored run's answers equal (analysis/equal_answers.hpp), of given, served and own answers
// alike.

#include <string>
#include <vector>

#include "assay/run/stored_run.hpp"

namespace assay::run {

/// By variant, the baseline first: a sentence without a full stop, or empty.
[[nodiscard]] std::vector<std::string> equal_answers_of(const StoredRun& stored);
/// What must be read before any result, each once: sentences of these, with what follows of them.
[[nodiscard]] std::vector<std::string> equal_answers_warnings(
    const StoredRun& stored, const std::vector<std::string>& equal_answers);

}  // namespace assay::run
