#pragma once

#include <optional>
#include <span>

#include "assay/records/decisions_shown.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

/// The decisions that a run ever showed (shown_history.hpp), under a heading of a report or an
/// audit; nothing where they were shown once at most.
[[nodiscard]] std::optional<Section> shown_section(std::span<const DecisionsShown> history);

}  // namespace assay::report
