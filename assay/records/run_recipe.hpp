#pragma once
// How a variant is run, beside its weights.

#include <string>

namespace assay {

/// How positions are scaled beyond the context that a model was trained for, as llama.cpp's flags
/// of these names say it. What is not said is taken from the model's file.
struct RopeScaling {
    std::string scaling = "model";  ///< model | none | linear | yarn
    double scale = 0;               ///< times the trained context; 0: as the model says
    double freq_base = 0;           ///< 0: as the model says
    int yarn_orig_ctx = 0;          ///< tokens that it was trained for; 0: as the model says

    [[nodiscard]] bool operator==(const RopeScaling&) const = default;
};

/// What assay-engine is told of a variant beside its file. Two recipes on one file are two
/// variants under one engine.
struct RunRecipe {
    std::string flash_attn = "on";     ///< on | off
    std::string cache_type_k = "f16";  ///< type of the K cache by its name in llama.cpp
    std::string cache_type_v = "f16";  ///< type of the V cache
    RopeScaling rope{};

    [[nodiscard]] bool operator==(const RunRecipe&) const = default;
};

/// "flash attention on, KV cache q8_0/q8_0", and "RoPE scaling yarn, scale 4" where it is scaled.
[[nodiscard]] std::string describe_recipe(const RunRecipe& recipe);

/// "RoPE scaling yarn, scale 4, frequency base 10000, trained for 4096 tokens".
[[nodiscard]] std::string describe_rope(const RopeScaling& rope);

}  // namespace assay
