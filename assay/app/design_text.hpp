#pragma once
// What `assay plan` says about an experiment's size, as text and as JSON.

#include <optional>
#include <string>

#include "assay/analysis/design.hpp"
#include "assay/analysis/stopping_forecast.hpp"

namespace assay::app {

/// A design and what follows from it.
struct DesignFigures {
    analysis::Design design;
    analysis::QuestionsNeeded needed;
    std::optional<analysis::DesignReach> reach;  ///< nothing where the number of questions is not
                                                 ///< known
    /// Nothing without early stopping. Where the number of questions is not known, of as many as
    /// equivalence needs; nothing where no number would do.
    std::optional<analysis::StoppingForecast> stopping;
    std::string warning;  ///< a sentence; empty: the design is large enough, or its size is not
                          ///< known
};
/// `design` comes from analysis::make_design. At most some two seconds, whatever the design.
[[nodiscard]] DesignFigures figures_of(const analysis::Design& design);

/// Sections with a heading each: what is assumed, questions that are needed, what the planned ones
/// can show, where early stopping would stop; the warning last.
[[nodiscard]] std::string design_text(const DesignFigures& figures);
/// One JSON object: assumed, needed, reach, stopping, warning (null where there is none);
/// docs/formats.md names the fields.
[[nodiscard]] std::string design_json(const DesignFigures& figures);

}  // namespace assay::app
