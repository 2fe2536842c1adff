#pragma once
// What a report says of fidelity, from what a run stored.

#include <optional>
#include <string_view>

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Whether there is an answer that did not fail.
[[nodiscard]] bool is_there(const std::optional<Answer>& answer);

/// Where two texts differ, with what comes there; nothing for equal ones.
[[nodiscard]] std::optional<TextDivergence> text_divergence(std::string_view baseline,
                                                            std::string_view variant);

/// Fills the model's `fidelity` and that of its judged items. Nothing where the run has no fact of
/// fidelity and no reason why it has none: runs of an older assay, and those that left it out. The
/// model has its comparisons.
void add_fidelity(report::ReportModel& model, const StoredRun& stored);

}  // namespace assay::run
