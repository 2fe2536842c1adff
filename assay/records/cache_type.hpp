#pragma once
// The types that a KV cache may have.

#include <cstdint>
#include <string_view>

namespace assay {

/// Values of one block of every quantized type that a KV cache may have. A head's values must be
/// whole blocks: llama.cpp makes no context otherwise, or aborts.
inline constexpr std::int64_t kCacheBlock = 32;

/// Whether a cache of this type is kept in blocks with a scale each.
[[nodiscard]] constexpr bool is_quantized_cache(std::string_view type) {
    return type != "f32" && type != "f16" && type != "bf16";
}

}  // namespace assay
