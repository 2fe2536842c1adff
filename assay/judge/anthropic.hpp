#pragma once
// Anthropic's Messages API: POST {base}/v1/messages (docs.anthropic.com/en/api/messages);
// llama-server speaks it, too.

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// As make_http_judge. The address may end in /v1. The verdict is asked for as the input of a tool
/// that must be called; a 400 that names the tool makes it text, one that names temperature leaves
/// that out. temp is at most 1. A reply whose stop_reason is "refusal" is REFUSED.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_anthropic_judge(const JudgeSpec& spec,
                                                                  const Services& services,
                                                                  Progress& progress);

}  // namespace assay::judge
