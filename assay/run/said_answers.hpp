#pragma once
// What judges compare of answers that begin with thoughts: what they say. Thoughts on one side only
// would tell the judge which model is which, and it would judge them.

#include <optional>
#include <string>
#include <vector>

#include "assay/records/answer.hpp"
#include "assay/run/stored_run.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// The answer without its thoughts: its text alone is left of what was measured. Its text is empty
/// where it has nothing but thoughts. Nothing: it has none, or it failed.
[[nodiscard]] std::optional<Answer> said_answer(const Answer& answer);

/// The key of what is said beside the thoughts of the answer under `answer_key`.
[[nodiscard]] std::string said_key(const std::string& answer_key, const std::string& said);

/// Saves what the answers under these keys say, each with thoughts under a key of its own. The keys
/// of what judges compare, in the same order; empty if no answer has thoughts.
[[nodiscard]] std::vector<std::string> save_said_answers(
    store::Store& store, const std::vector<std::string>& answer_keys);

/// For each variant that has thoughts in its answers a sentence: whether judges saw them.
[[nodiscard]] std::vector<std::string> notes_on_thoughts(const StoredRun& stored);

}  // namespace assay::run
