#pragma once
// An experiment, or a size alone, as a design, with other ways of asking beside it.

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/analysis/design.hpp"
#include "assay/app/design_table.hpp"
#include "assay/app/judge_work.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

/// What `assay plan` is told beside the experiment.
struct PlanningChoices {
    std::string pilot;  ///< run directory whose verdicts take the place of what is assumed; empty:
                        ///< the plan's own, where it has some
    std::optional<double> question_cost{};  ///< of a further question, in calls of the judge;
                                            ///< empty: none can be had
};

/// The plan as a design. Early stopping is that of the judge that decides: none where it costs
/// nothing, as that would cost power and save nothing.
[[nodiscard]] analysis::Design design_of(const Plan& plan, std::span<const Question> questions);
/// What each judge is asked that is called.
[[nodiscard]] std::vector<JudgeWork> work_of(const Plan& plan, std::span<const Question> questions);

struct PlannedDesign {
    analysis::Design design;  ///< with what a pilot measured
    DesignTable table;
};
/// Throws Error where a pilot that is named cannot be read; the plan's own run is left out then,
/// with a note.
[[nodiscard]] PlannedDesign planned_design(const Plan& plan,
                                           std::span<const Question> questions,
                                           const PlanningChoices& choices);
[[nodiscard]] PlannedDesign planned_size(const analysis::Design& design,
                                         const PlanningChoices& choices);

}  // namespace assay::app
