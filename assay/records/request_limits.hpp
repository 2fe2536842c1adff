#pragma once
// What requests to a service may take: of a judge, and of a model that a server runs.

#include <cstdint>
#include <optional>

namespace assay {

/// Bytes of a text for a token: a rule of thumb, until a reply says what a prompt really had.
inline constexpr double kBytesPerToken = 4;

/// 0: no limit, or a price that is not given. A run is one `assay run`.
struct RequestLimits {
    std::int64_t requests_per_minute = 0;  ///< at most, retries included
    std::int64_t tokens_per_minute = 0;    ///< of prompts and replies
    std::int64_t max_calls = 0;            ///< requests of one run, retries included
    std::int64_t max_tokens_total = 0;     ///< prompts and replies of one run
    double max_cost = 0;      ///< of one run, in the currency of the prices, which it needs
    double price_input = 0;   ///< of a million prompt tokens, in the user's own currency
    double price_output = 0;  ///< of a million reply tokens

    friend bool operator==(const RequestLimits&, const RequestLimits&) = default;
};

/// A cost that is limited and cannot be known.
[[nodiscard]] inline bool lacks_prices(const RequestLimits& limits) {
    return limits.max_cost > 0 && limits.price_input <= 0 && limits.price_output <= 0;
}

/// What so many tokens cost, in the currency of the prices. Nothing without prices.
[[nodiscard]] inline std::optional<double> price_of_tokens(const RequestLimits& limits,
                                                           double n_prompt_tokens,
                                                           double n_reply_tokens) {
    if (limits.price_input <= 0 && limits.price_output <= 0) {
        return std::nullopt;
    }
    return (n_prompt_tokens * limits.price_input + n_reply_tokens * limits.price_output) / 1e6;
}

}  // namespace assay
