#pragma once
// Tokens and their candidates in a server's reply, in the form that OpenAI's API gave the others:
// {"token", "logprob", "bytes": [..] or null, "top_logprobs": [the same without a list]}.

#include <cstddef>
#include <vector>

#include "assay/http/json_view.hpp"
#include "assay/records/told_tokens.hpp"

namespace assay::llm {

/// No answer is longer.
inline constexpr std::size_t kMostToldTokens = std::size_t{1} << 16;

/// Empty if the list is missing or any of it cannot be used: a logarithm that is none or above 0, a
/// token of more than 256 bytes, more than `n_most` tokens. Of the candidates the likeliest
/// kToldCandidates are kept.
[[nodiscard]] std::vector<ToldToken> read_told_tokens(const http::JsonView& list,
                                                      std::size_t n_most);

}  // namespace assay::llm
