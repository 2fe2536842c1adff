#pragma once
// One loaded model and, after start, one context of it.

#include <memory>
#include <string>

#include "assay/base/result.hpp"
#include "assay/engine/row_tap.hpp"
#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

[[nodiscard]] wire::Hello describe_engine();

/// Loads weights without mapping the file (so that the process's peak memory says what the model
/// takes), or its vocabulary only.
[[nodiscard]] Result<llama_model_ptr> load_model(const wire::Load& request);
[[nodiscard]] wire::Loaded describe_model(const llama_model* model);

/// The adapter that `request` wants applied, loaded beside the model of the file `model_path`; null
/// if it wants none. Before open_context, which makes room for its part of the graph.
[[nodiscard]] Result<llama_adapter_lora_ptr> open_adapter(llama_model* model,
                                                          const std::string& model_path,
                                                          const wire::Start& request);

/// Lets the adapter change every answer of the context from now on.
[[nodiscard]] Result<bool> apply_adapter(llama_context* context,
                                         llama_adapter_lora* adapter,
                                         double scale);

/// A context of n_slots separate streams (docs/engine.md). `tap`: what keeps its rows, or null.
[[nodiscard]] Result<llama_context_ptr> open_context(llama_model* model,
                                                     const wire::Start& request,
                                                     RowTap* tap);

/// Rows of a draft are computed in batches of a multiple of this (answerer_drafts.cpp).
inline constexpr std::size_t kRowGroup = 4;
/// Dummy rows that the last batch of a draft may have.
inline constexpr std::size_t kMostPadding = kRowGroup - 1;
/// Rows of the largest batch of a draft: fewer than 64, which would take another kernel.
[[nodiscard]] int rows_of_a_piece(const wire::Start& request);

/// Whether the memory can be cut back to any of its tokens: not that of recurrent and hybrid
/// models.
[[nodiscard]] bool can_cut_back(const llama_model* model);

/// What an answer depends on besides model, prompt and settings: the engine, told with the words of
/// the default recipe (fingerprint), and with the recipe of this start (answer_fingerprint). Slots,
/// stream size and threads are in it only where they are not proven to leave the bits alone: on a
/// GPU, with a recurrent memory, with rotary factors that switch on the context's size. The
/// vocabulary is enough.
[[nodiscard]] wire::Started describe_start(const llama_model* model,
                                           const wire::Start& request,
                                           int n_gpu_layers);

/// Loads metadata only and asks the library what it would allocate.
[[nodiscard]] Result<wire::PredictedMemory> predict_memory(const wire::PredictMemory& request);

[[nodiscard]] Result<std::vector<std::int32_t>> tokenize(const llama_model* model,
                                                         const wire::Tokenize& request);

/// VmHWM of this process, 0 where the system does not tell.
[[nodiscard]] std::uint64_t peak_memory_bytes();

}  // namespace assay::engine
