#pragma once
// The judge behind POST {url}/chat/completions: one pair a prompt, several requests in flight on the caller's thread.

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// Replies: a verdict; REFUSED for a content filter or a refusal; INVALID for a reply without a usable verdict; ERROR
/// where no reply came. Tried again (spec.retries times, with growing waits or the server's Retry-After): transport
/// errors, 408, 409, 425, 429, 5xx and a 200 whose body is not a completion document. 401, 403 and 404, or ten
/// transport errors in a row, stop the run. A 400 that names response_format, max_tokens or temperature makes this and
/// all later requests plainer, with a note. An empty spec.url is https://api.openai.com/v1.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_openai_judge(const JudgeSpec& spec,
                                                               RenderTemplate render,
                                                               Progress& progress);

}  // namespace assay::judge
