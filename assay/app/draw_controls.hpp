#pragma once
// Pairs whose right outcome is known, drawn from the answers of a run and put among its questions.

#include <memory>
#include <span>

#include "assay/app/run_context.hpp"
#include "assay/app/variant_run.hpp"

namespace assay::app {

/// Draws and stores the controls that are missing: of the run's first comparisons, and of the last
/// extension (run/extensions.hpp), which has controls of its own, made of the answers that it
/// added. Every variant is paired. `any_costs_nothing`: one of the judges, which is shown one
/// control of a kind for each question.
void draw_missing_controls(RunContext& context,
                           std::span<const std::unique_ptr<VariantRun>> variants,
                           bool any_costs_nothing);

}  // namespace assay::app
