#pragma once

#include <span>
#include <string>

#include "assay/analysis/design.hpp"
#include "assay/app/planned_design.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/question.hpp"

namespace assay::app {

/// What a run of the plan will do and about how long it will take, before anything is loaded: sizes
/// of files and of the dataset, and a rule of thumb for this machine's cores. The estimate is
/// within a factor of about two, and says so.
[[nodiscard]] std::string summarize_plan(const Plan& plan, std::span<const Question> questions);
/// What is to be known of the questions before a run: copies and near copies, a line each with its
/// line feed; empty: nothing.
[[nodiscard]] std::string data_warnings(std::span<const Question> questions);
/// The summary, and where the design is too small for its margin a sentence that says so and what
/// would do.
[[nodiscard]] std::string run_preface(const Plan& plan, std::span<const Question> questions);

/// All that `assay plan` says of an experiment: the summary, the design's figures, what each judge
/// would be asked, and which way of asking is the cheapest. Throws Error where a pilot that is
/// named cannot be read.
[[nodiscard]] std::string plan_text(const Plan& plan,
                                    std::span<const Question> questions,
                                    const PlanningChoices& choices = {});
/// The same as one JSON document with schema_version (docs/formats.md).
[[nodiscard]] std::string plan_json(const Plan& plan,
                                    std::span<const Question> questions,
                                    const PlanningChoices& choices = {});

/// What `assay plan` says of a size alone, without an experiment: the design's figures. The
/// document's experiment is null.
[[nodiscard]] std::string size_text(const analysis::Design& design,
                                    const PlanningChoices& choices = {});
[[nodiscard]] std::string size_json(const analysis::Design& design,
                                    const PlanningChoices& choices = {});

}  // namespace assay::app
