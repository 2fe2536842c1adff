#include "assay/judge/budget.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/records/verdict_cost.hpp"

namespace assay::judge {

TokenCount Budget::estimate(std::size_t request_bytes) const {
    return {static_cast<double>(request_bytes) * tokens_per_byte_,
            static_cast<double>(judge_.max_tokens)};
}

std::optional<std::string> Budget::refusal(const TokenCount& estimate) const {
    if (judge_.max_calls > 0 && n_calls_ >= judge_.max_calls) {
        return fmt::format("asked {} times, which is its max-calls", n_calls_);
    }
    const double prompt = spent_.prompt + under_way_.prompt,
                 reply = spent_.reply + under_way_.reply;
    const double n_tokens = prompt + reply + estimate.prompt + estimate.reply;
    if (judge_.max_tokens_total > 0 && n_tokens > static_cast<double>(judge_.max_tokens_total)) {
        return fmt::format(
            "asked {} times for {:.0f} tokens, and one more request could exceed its "
            "max-tokens-total of {}",
            n_calls_,
            prompt + reply,
            judge_.max_tokens_total);
    }
    const auto cost = token_cost(judge_, prompt + estimate.prompt, reply + estimate.reply);
    if (judge_.max_cost > 0 && cost && *cost > judge_.max_cost) {
        return fmt::format(
            "asked {} times for {:.4g} at its prices, and one more request could exceed its "
            "max-cost of {:g}",
            n_calls_,
            token_cost(judge_, prompt, reply).value_or(0),
            judge_.max_cost);
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

}  // namespace assay::judge
