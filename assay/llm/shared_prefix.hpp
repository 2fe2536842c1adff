#pragma once
// The first tokens that prompts of one kind share by construction (docs/engine.md): a piece of
// their own, which a slot keeps.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace assay::llm {

/// How many probes a prefix is the common beginning of.
inline constexpr std::size_t kPrefixProbes = 8;

/// What the text of a probe begins with: a letter, a word, a digit, a bracket, a quote, an accented
/// letter, a space, a line feed, so that what a tokenizer joins with the text before it differs
/// from probe to probe. `i` counts on from the last to the first.
[[nodiscard]] std::string probe_beginning(std::size_t i);

/// The longest common beginning of several token lists.
[[nodiscard]] std::vector<std::int32_t> common_prefix(
    std::span<const std::vector<std::int32_t>> lists);

/// Length of `prefix` if `tokens` begin with it and both pieces have at least two tokens; else 0.
[[nodiscard]] int usable_prefix(std::span<const std::int32_t> tokens,
                                std::span<const std::int32_t> prefix);

/// Where the pieces of `tokens` end that others share: the lengths of `prefixes`, each of which is
/// the beginning of the next one, as far as `tokens` begin with them and no piece, nor what is
/// behind them, has fewer than two tokens.
[[nodiscard]] std::vector<std::int32_t> usable_prefixes(
    std::span<const std::int32_t> tokens, std::span<const std::vector<std::int32_t>> prefixes);

/// Length of what `tokens` and `other` begin with, as far as it leaves two of `tokens`, if that is
/// at least two tokens more than `n_prefix`; else 0.
[[nodiscard]] int usable_longer_prefix(std::span<const std::int32_t> tokens,
                                       std::span<const std::int32_t> other,
                                       int n_prefix);

}  // namespace assay::llm
