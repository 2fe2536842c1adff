#pragma once
// How the engine processes that answer are started.

#include "assay/app/run_context.hpp"
#include "assay/records/variant.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {

/// As many slots as memory allows for `first`, the first variant that runs here, unless the plan
/// says how many; each with room for the longest prompt and its answer. `before`: a run that was
/// begun goes on with its slots. On backends that are proven not to care this changes no answer.
[[nodiscard]] wire::Start choose_start(RunContext& context,
                                       const Variant& first,
                                       const run::VariantFacts* before);

}  // namespace assay::app
