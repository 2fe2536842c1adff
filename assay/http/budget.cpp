#include "assay/http/budget.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::http {

TokenCount Budget::estimate(std::size_t request_bytes) const {
    return {static_cast<double>(request_bytes) * tokens_per_byte_,
            static_cast<double>(most_reply_tokens_)};
}

std::optional<std::string> Budget::refusal(const TokenCount& estimate) const {
    if (limits_.max_calls > 0 && n_calls_ >= limits_.max_calls) {
        return fmt::format("asked {} times, which is its max-calls", n_calls_);
    }
    const double prompt = spent_.prompt + under_way_.prompt,
                 reply = spent_.reply + under_way_.reply;
    const double n_tokens = prompt + reply + estimate.prompt + estimate.reply;
    if (limits_.max_tokens_total > 0 && n_tokens > static_cast<double>(limits_.max_tokens_total)) {
        return fmt::format(
            "asked {} times for {:.0f} tokens, and one more request could exceed its "
            "max-tokens-total of {}",
            n_calls_,
            prompt + reply,
            limits_.max_tokens_total);
    }
    const auto cost = price_of_tokens(limits_, prompt + estimate.prompt, reply + estimate.reply);
    if (limits_.max_cost > 0 && cost && *cost > limits_.max_cost) {
        return fmt::format(
            "asked {} times for {:.4g} at its prices, and one more request could exceed its "
            "max-cost of {:g}",
            n_calls_,
            price_of_tokens(limits_, prompt, reply).value_or(0),
            limits_.max_cost);
    }
    return std::nullopt;
}

void Budget::take(const TokenCount& estimate) {
    ++n_calls_;
    under_way_.prompt += estimate.prompt;
    under_way_.reply += estimate.reply;
}

void Budget::book(const TokenCount& estimate, const TokenCount& used) {
    under_way_.prompt -= estimate.prompt;
    under_way_.reply -= estimate.reply;
    spent_.prompt += used.prompt;
    spent_.reply += used.reply;
}

void Budget::learn(std::size_t request_bytes, double n_prompt_tokens) {
    if (request_bytes > 0) {
        tokens_per_byte_ = std::max(tokens_per_byte_,
                                    n_prompt_tokens / static_cast<double>(request_bytes));
    }
}

}  // namespace assay::http
