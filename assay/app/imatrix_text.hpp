#pragma once

#include <cstddef>

#include "assay/app/run_context.hpp"
#include "assay/records/variant_spec.hpp"

namespace assay::app {

/// Looks, before there is a run directory, whether an importance matrix can be made for the
/// variant, and whether what is measured would then still be the model and not how well it was
/// fitted to the questions. Nothing is looked at for a variant that has none made. `place`: of the
/// variant in the plan. Throws Error kUsage.
void check_imatrix_text(const VariantSpec& variant, std::size_t place, RunContext& context);

}  // namespace assay::app
