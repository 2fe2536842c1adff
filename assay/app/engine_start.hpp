#pragma once
// How the engine processes that answer are started.

#include <string>
#include <string_view>

#include "assay/app/run_context.hpp"
#include "assay/records/run_recipe.hpp"
#include "assay/records/variant.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {

/// `start` with the variant's recipe.
[[nodiscard]] wire::Start with_recipe(wire::Start start, const RunRecipe& recipe);

/// Why the K or V cache of `setting` ("cache-type-k") cannot be of this type, before llama.cpp
/// aborts on it; empty: it can. `n_values`: of one head in it; 0: not known.
[[nodiscard]] std::string complaint_of_cache(std::string_view setting,
                                             const std::string& type,
                                             std::int64_t n_values);

/// As many slots as memory allows for `first`, the first variant that runs here, unless the plan
/// says how many; each with room for the longest prompt and its answer. `before`: a run that was
/// begun goes on with its slots. On backends that are proven not to care this changes no answer.
[[nodiscard]] wire::Start choose_start(RunContext& context,
                                       const Variant& first,
                                       const RunRecipe& recipe,
                                       const run::VariantFacts* before);

/// Bytes of the KV cache that one token of prompt or answer takes with this start; 0: the engine
/// cannot tell.
[[nodiscard]] std::uint64_t kv_bytes_per_token(RunContext& context,
                                               const Variant& variant,
                                               const wire::Start& start);

}  // namespace assay::app
