#pragma once
// Before the answers: what the variants are going to read of the baseline. After them: what became
// of it (docs/fidelity.md).

#include <memory>
#include <span>

#include "assay/app/run_context.hpp"
#include "assay/app/variant_run.hpp"

namespace assay::app {

/// Finds which answers of the baseline the variants have still to read, and why some cannot; sets
/// `context.fidelity` where there is anything to read. The baseline is first.
void expect_fidelity(RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants);

/// Notes in the run's facts why there is none of a variant, and what was left out.
void note_fidelity(RunContext& context, std::span<const std::unique_ptr<VariantRun>> variants);

}  // namespace assay::app
