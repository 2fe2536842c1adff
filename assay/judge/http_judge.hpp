#pragma once
// The judge behind HTTP, whoever provides it: one pair a prompt, several requests in flight on the
// caller's thread.

#include <memory>

#include "assay/judge/api_format.hpp"
#include "assay/judge/judge.hpp"

namespace assay::judge {

/// The judge that speaks `format`; spec.provider is a name of kJudgeProviders, and an empty
/// api().url its default address.
///
/// Verdicts: what the reply says; REFUSED for a content filter or a refusal; INVALID for a reply
/// without a usable verdict; ERROR where no reply came. Tried again (api().retries times, with
/// growing waits or the server's Retry-After): transport errors, 408, 409, 425, 429, 5xx and a 200
/// whose body is not a whole document of the provider's; an error in the body of a 200 goes by the
/// rules of its code (http/success_body.hpp). A 400 that names something which the
/// request can do without makes this and all later requests plainer, with a note.
///
/// It stops at 401, 403, 404 and at errors that no request escapes; after ten transport errors in a
/// row; when a reply names another model version than the first one of this object or of the stored
/// verdicts (that reply's verdict is kept); and when a pair is left that could exceed max_calls,
/// max_tokens_total or max_cost of this object. Limits per minute hold over all its runs, too. With
/// api().batch it is asked through the provider's batch API instead (batch_session.hpp).
[[nodiscard]] Result<std::unique_ptr<Judge>> make_http_judge(
    std::unique_ptr<const ApiFormat> format,
    const JudgeSpec& spec,
    const Services& services,
    Progress& progress);

}  // namespace assay::judge
