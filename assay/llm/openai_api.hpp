#pragma once
// Servers that speak OpenAI's chat completions: llama-server, vLLM, Ollama's second API, OpenAI
// itself. They take different settings; which ones is known from their documentation, by the kind
// of server.

#include <memory>
#include <string>

#include "assay/llm/served_api.hpp"

namespace assay::llm {

/// `server`: "llama-server", "vllm", "ollama", "openai", or empty: as GET /models tells (owned_by),
/// "openai" if it does not. Azure lists the models that could be deployed, not what a deployment
/// runs: nothing is asked there, and only the replies tell the model. LoRA adapters of llama-server
/// are read back, and every request names their scales.
///
/// Settings by server; one that is not taken must have no effect, or it is a complaint:
///   llama-server  all but ctx-size, which must be the server's or less
///   vllm          temp, top-p, top-k, min-p, seed, stop, predict; repeat-penalty with
///   repeat-last-n -1 only (its
///                 repetition_penalty has no window)
///   openai        temp, top-p, seed, stop (at most 4), predict
///   ollama        temp, top-p, seed, stop, predict; top-k 40, repeat-penalty 1.1 over 64 tokens
///   are fixed
[[nodiscard]] std::unique_ptr<const ServedApi> make_openai_api(std::string server);

}  // namespace assay::llm
