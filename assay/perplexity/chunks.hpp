#pragma once
// A text is cut into chunks of n_ctx tokens; what is left at its end is not used. The first half of
// a chunk is read only, so that every token that is scored has a context.

#include <cstdint>

namespace assay::perplexity {

/// The position from which on a chunk's rows are used: each is asked which token follows.
[[nodiscard]] constexpr std::int64_t first_scored(std::int64_t n_ctx) {
    return n_ctx / 2;
}
/// Scored tokens of a chunk: the last position's row has none that follows.
[[nodiscard]] constexpr std::int64_t n_scored(std::int64_t n_ctx) {
    return n_ctx - 1 - first_scored(n_ctx);
}

/// The smallest chunk in which a token is scored.
inline constexpr std::int64_t kSmallestCtx = 4;

}  // namespace assay::perplexity
