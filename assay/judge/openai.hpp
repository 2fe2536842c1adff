#pragma once
// Any server that speaks POST {url}/chat/completions: OpenAI, llama-server, vLLM, Ollama's /v1 ...

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// As make_http_judge. A 400 that names response_format, max_tokens or temperature makes requests
/// plainer.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_openai_judge(const JudgeSpec& spec,
                                                               const Services& services,
                                                               Progress& progress);

}  // namespace assay::judge
