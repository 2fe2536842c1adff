#pragma once
// Google's Gemini API: POST {base}/v1beta/models/MODEL:generateContent
// (ai.google.dev/api/generate-content).

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// As make_http_judge. The address may end in /v1beta or /v1; the path is v1beta's either way. A
/// model with a slash is a resource's name ("tunedModels/x"), any other one of "models/". The reply
/// is asked for by responseSchema; a 400 that names the schema, systemInstruction or temperature
/// makes requests plainer. A prompt or a reply that Google blocked is REFUSED; a reply without
/// text, as when thinking used up maxOutputTokens, is INVALID.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_gemini_judge(const JudgeSpec& spec,
                                                               const Services& services,
                                                               Progress& progress);

}  // namespace assay::judge
