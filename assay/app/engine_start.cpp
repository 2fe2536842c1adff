#include "assay/app/engine_start.hpp"

#include <fmt/format.h>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/cache_type.hpp"

namespace assay::app {
namespace {

constexpr int kDefaultSlots = 16;
constexpr int kFewestSlots = 8;
constexpr int kStreamPadding = 256;
constexpr int kDraftPadding = 3;  ///< dummy tokens behind a draft that is read

int stream_size_of(const RunContext& context) {
    // Rotary factors that switch on the context's size: then the size may not follow the data.
    const GenerationSettings& settings = context.plan.generation;
    const std::int64_t needed = context.prompts.long_rope()
                                    ? settings.ctx_size
                                    : context.prompts.longest() + settings.predict + kDraftPadding;
    return static_cast<int>((needed + kStreamPadding - 1) / kStreamPadding * kStreamPadding);
}

/// What the model would take with this start.
Result<wire::PredictedMemory> predict_memory(RunContext& context,
                                             const Variant& variant,
                                             const wire::Start& start) {
    wire::PredictMemory request;
    request.load.path = variant.file.path;
    request.load.n_gpu_layers = context.plan.engine.n_gpu_layers;
    request.start = start;
    return context.engine().predict_memory(request);
}

int slots_by_memory(RunContext& context, const Variant& variant, wire::Start start) {
    const std::uint64_t available = context.host.memory_available_bytes;
    for (const int n_slots : {kDefaultSlots, kFewestSlots}) {
        start.n_slots = n_slots;
        const auto predicted = predict_memory(context, variant, start);
        if (!predicted) {
            return n_slots;  // the context itself will say what is wrong
        }
        const std::uint64_t needed = predicted->model_bytes + predicted->context_bytes +
                                     predicted->compute_bytes;
        if (needed <= available * 9 / 10) {
            return n_slots;
        }
        if (n_slots == kFewestSlots) {
            context.progress.note(
                fmt::format("memory may not suffice: about {} needed, {} available",
                            format_bytes(needed),
                            format_bytes(available)));
        }
    }
    return kFewestSlots;
}

}  // namespace

wire::Start with_recipe(wire::Start start, const RunRecipe& recipe) {
    start.flash_attn = recipe.flash_attn != "off";
    start.cache_type_k = recipe.cache_type_k;
    start.cache_type_v = recipe.cache_type_v;
    start.rope = recipe.rope;
    return start;
}

std::string complaint_of_cache(std::string_view setting,
                               const std::string& type,
                               std::int64_t n_values) {
    if (!is_quantized_cache(type) || n_values % kCacheBlock == 0) {
        return {};
    }
    return fmt::format(
        "{}: {} is kept in blocks of {} values, and a head of this model has {}, "
        "which is no whole number of blocks",
        setting,
        type,
        kCacheBlock,
        n_values);
}

std::uint64_t kv_bytes_per_token(RunContext& context,
                                 const Variant& variant,
                                 const wire::Start& start) {
    const auto predicted = predict_memory(context, variant, start);
    const auto n_cells = static_cast<std::uint64_t>(start.n_slots) *
                         static_cast<std::uint64_t>(start.stream_size);
    return predicted && n_cells > 0 ? predicted->context_bytes / n_cells : 0;
}

wire::Start choose_start(RunContext& context,
                         const Variant& first,
                         const RunRecipe& recipe,
                         const run::VariantFacts* before) {
    const EngineSettings& engine = context.plan.engine;
    wire::Start start;
    start.n_ubatch = engine.ubatch_size;
    start.n_threads = context.n_threads();
    start.stream_size = stream_size_of(context);
    start.n_slots = kDefaultSlots;
    if (engine.slots > 0) {
        start.n_slots = engine.slots;
    } else if (before != nullptr) {
        // as it was begun: where it is part of the key, memory may not change it
        start.n_slots = before->n_parallel;
    } else if (context.host.memory_available_bytes > 0) {
        wire::Start predicted = with_recipe(start, recipe);
        if (context.options.fidelity && context.plan.baseline.runs_here()) {
            predicted.head_model = first.file.path;  // reading takes the baseline's output matrix
        }
        start.n_slots = slots_by_memory(context, first, predicted);
    }
    return start;
}

}  // namespace assay::app
