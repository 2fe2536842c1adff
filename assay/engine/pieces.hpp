#pragma once
// The first pieces of a prompt, each of which is computed by itself and kept in a slot
// (answerer.cpp).

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::engine {

/// The token ids of each, in their order in the prompt.
using Pieces = std::vector<std::vector<std::int32_t>>;

/// The pieces of a prompt that end at `ends`. What is wrong with these where a piece, or what is
/// behind them, would have fewer than two tokens: one token takes another path through the kernels.
[[nodiscard]] Result<Pieces> pieces_of(std::span<const std::int32_t> prompt,
                                       std::span<const std::int32_t> ends);

/// How many of the first pieces are the same.
[[nodiscard]] std::size_t n_same(const Pieces& kept, const Pieces& wanted);

/// Tokens of the first `n_pieces`.
[[nodiscard]] std::size_t n_tokens(const Pieces& pieces, std::size_t n_pieces);

/// What one slot can give to a prompt.
struct Keeper {
    const Pieces* kept = nullptr;
    bool idle = false;
};

/// The idle slot in which the fewest tokens of `wanted` have to be computed, counting those that it
/// keeps besides and would lose; of several the first. Nothing: none is idle.
[[nodiscard]] std::optional<std::size_t> choose_slot(std::span<const Keeper> slots,
                                                     const Pieces& wanted,
                                                     std::size_t stream_size);

/// The slot from which the stream of `slot`, of `stream_size` cells, is to be copied, because so
/// much more of `wanted` is kept there that computing it would take longer. Nothing: none.
[[nodiscard]] std::optional<std::size_t> choose_source(std::span<const Keeper> slots,
                                                       std::size_t slot,
                                                       const Pieces& wanted,
                                                       std::size_t stream_size);

}  // namespace assay::engine
