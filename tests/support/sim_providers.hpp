#pragma once
// The other side of the judges' providers: what each documents of a request, checked field by
// field, and its replies.

#include <string>
#include <string_view>
#include <vector>

#include "sim_server.hpp"

namespace assay::test {

/// What of a request is not as the provider's documentation has it: a field that is unknown,
/// missing, of another type or out of range, a wrong path or header. Empty: nothing. As of November
/// 2026: platform.openai.com/docs/api-reference/chat, ai.google.dev/api/generate-content,
/// docs.anthropic.com/en/api/messages, github.com/ollama/ollama/blob/main/docs/api.md.
using Checker = std::vector<std::string> (*)(const SeenRequest& request);
[[nodiscard]] std::vector<std::string> openai_complaints(const SeenRequest& request);
/// Of Azure's deployment "my-deployment" by the version 2024-10-21 of its API
/// (learn.microsoft.com/azure/ai-services/openai/reference).
[[nodiscard]] std::vector<std::string> azure_complaints(const SeenRequest& request);
[[nodiscard]] std::vector<std::string> gemini_complaints(const SeenRequest& request);
[[nodiscard]] std::vector<std::string> anthropic_complaints(const SeenRequest& request);
[[nodiscard]] std::vector<std::string> ollama_complaints(const SeenRequest& request);

/// The same of requests that ask a served model for an answer; of POST /v1/chat/completions by the
/// kind of server: "llama-server" (tools/server/README.md), "vllm" (docs.vllm.ai, OpenAI-compatible
/// server), "openai", "azure" (as azure_complaints).
[[nodiscard]] std::vector<std::string> ollama_answer_complaints(const SeenRequest& request);
[[nodiscard]] std::vector<std::string> openai_answer_complaints(const SeenRequest& request,
                                                                const std::string& server);

/// Documents of a reply with status 200 whose text is `content`.
[[nodiscard]] std::string gemini_reply(const std::string& content,
                                       const std::string& finish_reason = "STOP");
[[nodiscard]] std::string anthropic_text_reply(const std::string& content,
                                               const std::string& stop_reason = "end_turn");
/// The tool `verdict` called with `input`, a JSON object.
[[nodiscard]] std::string anthropic_tool_reply(const std::string& input,
                                               const std::string& stop_reason = "tool_use");
[[nodiscard]] std::string ollama_reply(const std::string& content,
                                       const std::string& done_reason = "stop");

/// {"reasoning", "verdict", "confidence": "high"} as text.
[[nodiscard]] std::string verdict_text(const std::string& verdict,
                                       const std::string& reasoning = "because");

}  // namespace assay::test
