#pragma once
// What most servers write when they refuse, and what is done with addresses and keys in texts.

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace assay::http {

struct ServerError {
    std::string message;    ///< error.message, or the body if that is not there; one line, at most
                            ///< 300 characters
    std::string code;       ///< error.code or error.type
    bool refused = false;   ///< a content filter withheld the reply
    bool hopeless = false;  ///< no request will be answered: the key, the account or the region is
                            ///< refused
    std::optional<double> retry_after_s;  ///< if the body says so
};

/// error.message, else error itself, else the body; error.code or error.type. What most servers
/// write.
[[nodiscard]] ServerError read_plain_error(std::string_view body);

/// `url` without one of these endings.
[[nodiscard]] std::string without_ending(std::string url,
                                         std::initializer_list<std::string_view> endings);

/// The text without `key`, wherever a server may have echoed it, in JSON too. To be done before
/// anything is cut. Keys of less than 6 characters are words that servers without keys are given
/// ("none", "EMPTY"); hiding them would spoil texts.
[[nodiscard]] std::string redact(std::string text, std::string_view key);

}  // namespace assay::http
