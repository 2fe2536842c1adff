#pragma once
// One loaded model and, after start, one context of it.

#include <memory>
#include <string>

#include "assay/base/result.hpp"
#include "assay/wire/messages.hpp"
#include "llama-cpp.h"

namespace assay::engine {

[[nodiscard]] wire::Hello describe_engine();

/// Loads weights without mapping the file (so that the process's peak memory says what the model
/// takes), or its vocabulary only.
[[nodiscard]] Result<llama_model_ptr> load_model(const wire::Load& request);
[[nodiscard]] wire::Loaded describe_model(const llama_model* model);

/// A context of n_slots separate streams (docs/engine.md).
[[nodiscard]] Result<llama_context_ptr> open_context(llama_model* model,
                                                     const wire::Start& request);

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
