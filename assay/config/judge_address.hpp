#pragma once
// How a judge and its address are written. Which key may go to an address is judge/'s affair (judge/endpoint.hpp).

#include <string>
#include <string_view>

#include "assay/base/result.hpp"
#include "assay/records/plan.hpp"

namespace assay::config {

/// The address without trailing slashes. Fails, with a sentence that never shows a password, unless it is
/// http(s)://HOST[:PORT][/PATH]: no user and password, no query, no fragment, no white space.
[[nodiscard]] Result<std::string> checked_url(std::string_view url);

/// "reference" or "openai:MODEL@URL" with every other setting at its default; the name is left empty.
[[nodiscard]] Result<JudgeSpec> judge_of_text(std::string_view text);

}  // namespace assay::config
