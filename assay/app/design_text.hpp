#pragma once
// What `assay plan` says about an experiment's size, as text and as JSON.

#include <optional>
#include <string>

#include "assay/analysis/design.hpp"

namespace assay::app {

/// A design and what follows from it.
struct DesignFigures {
    analysis::Design design;
    analysis::QuestionsNeeded needed;
    std::optional<analysis::DesignReach> reach;  ///< nothing where the number of questions is not known
    std::string warning;                         ///< a sentence; empty: the design is large enough, or its size is not known
};
/// At most about a second, whatever the design.
[[nodiscard]] DesignFigures figures_of(const analysis::Design& design);

/// Sections with a heading each: what is assumed, questions that are needed, what the planned ones can show; the warning
/// last.
[[nodiscard]] std::string design_text(const DesignFigures& figures);
/// One JSON object: assumed, needed, reach (or null), warning (or null); docs/formats.md names the fields.
[[nodiscard]] std::string design_json(const DesignFigures& figures);

}  // namespace assay::app
