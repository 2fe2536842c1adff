#pragma once
// The two documents of POST /chat/completions, as JSON text: the request, in the dialect that the
// server understands, and the reply.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "assay/judge/api_format.hpp"
#include "assay/records/plan.hpp"

namespace assay::judge {

[[nodiscard]] std::string request_json(const ApiSettings& settings,
                                       const Dialect& dialect,
                                       std::string_view system,
                                       std::string_view user);

/// The next plainer dialect, if the body of a 400 names something that `dialect` still has:
/// response_format (or a word for it), max_tokens, temperature. Empty: the error is about something
/// else.
[[nodiscard]] std::optional<Dialect> plainer_dialect(const Dialect& dialect,
                                                     std::string_view error_body);

/// "without response_format": how `dialect` differs from the one that is tried first.
[[nodiscard]] std::string describe(const Dialect& dialect);

struct Completion {
    std::string content;  ///< the message's text; parts are joined; empty: none
    std::string refusal;
    bool only_thoughts = false;  ///< there is no text, but reasoning_content
    std::string finish_reason;   ///< "stop", "length", "content_filter" ...; empty: not said
    std::string model;
    std::int64_t n_prompt_tokens = 0;  ///< 0: not said
    std::int64_t n_reply_tokens = 0;
};

/// Empty: the body is not a completion document (choices[0].message is missing). Never throws.
[[nodiscard]] std::optional<Completion> read_completion(std::string_view body);

/// `refused` is set where a content filter withheld the reply.
[[nodiscard]] ServerError read_error(std::string_view body);

}  // namespace assay::judge
