#pragma once
// How a variant is run, beside its weights.

#include <string>

namespace assay {

/// What assay-engine is told of a variant beside its file. Two recipes on one file are two
/// variants under one engine.
struct RunRecipe {
    std::string flash_attn = "on";     ///< on | off
    std::string cache_type_k = "f16";  ///< type of the K cache by its name in llama.cpp
    std::string cache_type_v = "f16";  ///< type of the V cache

    [[nodiscard]] bool operator==(const RunRecipe&) const = default;
};

/// "flash attention on, KV cache q8_0/q8_0".
[[nodiscard]] std::string describe_recipe(const RunRecipe& recipe);

}  // namespace assay
