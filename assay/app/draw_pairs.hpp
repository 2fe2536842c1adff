#pragma once
// The comparisons of a run: which two answers stand beside each other, and which of them is A.

#include <memory>
#include <span>

#include "assay/app/run_context.hpp"
#include "assay/app/variant_run.hpp"

namespace assay::app {

/// Draws and stores the comparisons that are not drawn yet, and fills those of each variant. What
/// is added to a run that showed a decision is noted as an extension first, but for further samples
/// that the plan itself may ask for. Every variant has answered; the baseline is first.
void draw_missing_pairs(RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants);

}  // namespace assay::app
