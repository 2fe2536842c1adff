#pragma once
// Where a judge is reached and which environment variable's key may go there.

#include <string>
#include <string_view>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// The address without trailing slashes. Fails, with a sentence that never shows a password, unless it is
/// http(s)://HOST[:PORT][/PATH]: no user and password, no query, no fragment, no white space.
[[nodiscard]] Result<std::string> checked_url(std::string_view url);

/// Host of a checked URL, lower case, without port and brackets.
[[nodiscard]] std::string host_of(std::string_view url);

/// localhost, 127.0.0.0/8 in four decimal numbers, or ::1. Names are not looked up.
[[nodiscard]] bool is_loopback(std::string_view host);

/// The environment variable whose value is sent to the judge as its key: the one that the plan names; else
/// OPENAI_API_KEY if the address is api.openai.com or loopback; else none (empty) and no key is sent.
[[nodiscard]] std::string key_variable(const JudgeSpec& judge);

/// "reference" or "openai:MODEL@URL" with every other setting at its default; the name is left empty.
[[nodiscard]] Result<JudgeSpec> judge_of_text(std::string_view text);

}  // namespace assay::config
