#pragma once
// What verdicts cost: stored tokens times the judge's prices.

#include <cstdint>
#include <optional>

#include "assay/records/judge_spec.hpp"
#include "assay/records/verdict.hpp"

namespace assay {

/// What a batch API takes of the usual price: half, as OpenAI, Google and Anthropic have it.
inline constexpr double kBatchPrice = 0.5;

/// Of so many tokens, in the currency of the judge's prices, the batch's discount included. Nothing
/// if it has no prices.
[[nodiscard]] inline std::optional<double> token_cost(const ApiSettings& judge,
                                                      double n_prompt_tokens,
                                                      double n_reply_tokens) {
    const auto whole = price_of_tokens(judge, n_prompt_tokens, n_reply_tokens);
    return whole && judge.batch ? std::optional(*whole * kBatchPrice) : whole;
}

/// The judge's limits with the prices that it pays: the batch's discount included.
[[nodiscard]] inline RequestLimits limits_at_its_prices(const ApiSettings& judge) {
    RequestLimits limits = judge;
    if (judge.batch) {
        limits.price_input *= kBatchPrice;
        limits.price_output *= kBatchPrice;
    }
    return limits;
}

/// The same of any judge: only an API judge has prices.
[[nodiscard]] inline std::optional<double> token_cost(const JudgeSpec& judge,
                                                      double n_prompt_tokens,
                                                      double n_reply_tokens) {
    if (judge.kind() != JudgeKind::kApi) {
        return std::nullopt;
    }
    return token_cost(judge.api(), n_prompt_tokens, n_reply_tokens);
}

/// Of the reply that the verdict was read from: attempts that failed before it name no tokens.
/// Nothing if the judge has no prices or the reply did not say its tokens. 0 for an ERROR, where no
/// reply came, and without an attempt: the verdict of another run.
[[nodiscard]] inline std::optional<double> verdict_cost(const ApiSettings& judge,
                                                        const Verdict& verdict) {
    if (verdict.n_attempts == 0 || verdict.state == VerdictState::kError) {
        return token_cost(judge, 0, 0);
    }
    if (verdict.n_prompt_tokens == 0 && verdict.n_reply_tokens == 0) {
        return std::nullopt;
    }
    return token_cost(judge,
                      static_cast<double>(verdict.n_prompt_tokens),
                      static_cast<double>(verdict.n_reply_tokens));
}

}  // namespace assay
