#pragma once
// What llama-perplexity prints, in its own words and digits (llama.cpp v0.5.0).

#include <cstdint>
#include <span>
#include <string>

#include "assay/records/text_token.hpp"

namespace assay::perplexity {

/// A pass without --kl-divergence: "[1]4.5970,[2]..." and "Final estimate: ...". `nll` of all
/// chunks in order, `n_per_chunk` each.
[[nodiscard]] std::string perplexity_lines(std::span<const double> nll, std::int64_t n_per_chunk);

/// A pass with --kl-divergence: a line for each chunk, and the three blocks of statistics, which it
/// leaves out for fewer than 100 tokens.
[[nodiscard]] std::string divergence_lines(std::span<const TextToken> tokens,
                                           std::int64_t n_per_chunk);

}  // namespace assay::perplexity
