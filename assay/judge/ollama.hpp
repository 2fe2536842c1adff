#pragma once
// Ollama's own API: POST {base}/api/chat (github.com/ollama/ollama/blob/main/docs/api.md).

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// As make_http_judge. The address may end in /v1 or /api. The reply is asked for by a JSON schema
/// in `format`, with thinking off; a 400 that names the schema, thinking or temperature makes
/// requests plainer. A prompt that does not fit the model's context is an error, not cut silently,
/// where the server knows `truncate` and `shift`.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_ollama_judge(const JudgeSpec& spec,
                                                               const Services& services,
                                                               Progress& progress);

}  // namespace assay::judge
