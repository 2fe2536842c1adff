#pragma once
// What a judge or a served model may still spend in one run of assay: requests, tokens, money.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "assay/records/request_limits.hpp"

namespace assay::http {

struct TokenCount {
    double prompt = 0;
    double reply = 0;
};

/// max-calls, max-tokens-total and max-cost. A request counts with its estimate while it is under
/// way and with what its reply says afterwards, so that what could exceed a limit is never sent.
class Budget {
 public:
    /// `most_reply_tokens`: of one reply.
    Budget(const RequestLimits& limits, std::int64_t most_reply_tokens)
        : limits_(limits), most_reply_tokens_(most_reply_tokens) {}

    /// At most what a request of so many bytes takes: four bytes a prompt token, or fewer where a
    /// reply has shown it; a reply as long as may be.
    [[nodiscard]] TokenCount estimate(std::size_t request_bytes) const;
    /// The limit that one more request could exceed, as a sentence's part ("asked 4 times, which is
    /// its max-calls"); nothing: it may leave.
    [[nodiscard]] std::optional<std::string> refusal(const TokenCount& estimate) const;
    /// A request leaves.
    void take(const TokenCount& estimate);
    /// It has ended, and `used` is what it cost: nothing where the server refused it, the estimate
    /// where nobody knows.
    void book(const TokenCount& estimate, const TokenCount& used);
    /// What a reply says of the tokens of a request of so many bytes.
    void learn(std::size_t request_bytes, double n_prompt_tokens);

    [[nodiscard]] std::int64_t n_calls() const { return n_calls_; }

 private:
    RequestLimits limits_;
    std::int64_t most_reply_tokens_ = 0;
    std::int64_t n_calls_ = 0;
    TokenCount spent_;      ///< by requests that have ended
    TokenCount under_way_;  ///< estimates of the others
    double tokens_per_byte_ = 1 / kBytesPerToken;
};

}  // namespace assay::http
