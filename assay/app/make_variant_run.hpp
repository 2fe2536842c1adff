#pragma once
// The one place that knows every kind of variant.

#include <cstddef>
#include <memory>

#include "assay/app/run_context.hpp"
#include "assay/app/variant_run.hpp"
#include "assay/records/plan.hpp"

namespace assay::app {

/// The room for this kind of variant.
[[nodiscard]] std::unique_ptr<VariantRun> make_variant_run(const VariantSpec& spec,
                                                           std::size_t place,
                                                           RunContext& context);

}  // namespace assay::app
