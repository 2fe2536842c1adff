#pragma once
// The history of all decisions that a run ever showed, each with the experiment as it was then.

#include <optional>
#include <string>
#include <vector>

#include "assay/records/decisions_shown.hpp"
#include "assay/run/frozen_experiment.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

struct ShownEntry {
    FrozenExperiment experiment;
    std::string rules;  ///< margin, alpha and design in words; empty: an earlier version showed it
    DecisionsShown shown;
};
using ShownHistory = std::vector<ShownEntry>;  ///< oldest first

/// Empty: no decision was shown yet, or only an earlier version showed one. Throws Error
/// kOperational where it cannot be read.
[[nodiscard]] ShownHistory load_history(const store::Store& store);
/// Whether there is one.
[[nodiscard]] bool has_history(const store::Store& store);
void save_history(store::Store& store, const ShownHistory& history);

/// Why what the experiment says as it is `now` is exploratory, each reason once; empty: it is as it
/// was when a decision was shown that was not exploratory, or an extension of all of these. A
/// reason that was there once stays, unless `now` is such an experiment again, with the same
/// verdicts.
[[nodiscard]] std::vector<std::string> exploratory_reasons(const ShownHistory& history,
                                                           const FrozenExperiment& now);

/// Puts `entry` behind the others, with what changed since the last one and with its reasons,
/// unless it says what the last one says. Of the same experiment it fills what an earlier version
/// left open. True: the history is another one now.
bool append_if_new(ShownHistory& history, ShownEntry entry);

}  // namespace assay::run
