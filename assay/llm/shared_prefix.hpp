#pragma once
// The first tokens that prompts of one kind share by construction (docs/engine.md): a piece of their own, which a slot keeps.

#include <cstdint>
#include <span>
#include <vector>

namespace assay::llm {

/// The longest common beginning of several token lists.
[[nodiscard]] std::vector<std::int32_t> common_prefix(std::span<const std::vector<std::int32_t>> lists);

/// Length of `prefix` if `tokens` begin with it and both pieces have at least two tokens; else 0.
[[nodiscard]] int usable_prefix(std::span<const std::int32_t> tokens, std::span<const std::int32_t> prefix);

}  // namespace assay::llm
