#pragma once
// Whether a reply with HTTP status 200 is one: servers report errors in such bodies, too.

#include <optional>
#include <string>
#include <string_view>

namespace assay::http {

/// An error in the body of a reply whose HTTP status says success.
struct BodyError {
    int status = 0;  ///< the HTTP status that its code stands for, from 400 to 599; 0: it names
                     ///< none that is known
    std::string message;  ///< in the server's own words, one line, at most 300 characters, with its
                          ///< code
    bool billed = false;  ///< the model had begun to write: the tokens may cost something
};

/// Looks for `error` (an object or a text) in the body and in its first choice, for "object":
/// "error", and for `detail` or `message` in a body that holds no reply; then for a finish reason
/// that is not known to mean "ended", "limit" or "withheld". Empty: there is nothing of that, or
/// the body is no JSON object.
[[nodiscard]] std::optional<BodyError> find_body_error(std::string_view body);

/// Why a model's text ends, in the words of all providers.
enum class Finish {
    kNotSaid,
    kEnded,     ///< the model ended it, or a stop text
    kLimit,     ///< at the limit of tokens
    kWithheld,  ///< by a content filter, or the model refused
    kUnknown,   ///< none of them: nothing may be taken of such a reply
};
[[nodiscard]] Finish finish_of(std::string_view reason);

/// Why a body cannot be read, as the end of a sentence: its beginning, cleaned and bounded, and the
/// cause where it can be seen: "; it is an HTML page ("<html> ..."): is the path of the address
/// right? It mostly ends in /v1".
[[nodiscard]] std::string describe_unread(std::string_view body);

}  // namespace assay::http
