#include "assay/records/run_recipe.hpp"

#include <fmt/format.h>

namespace assay {

std::string describe_rope(const RopeScaling& rope) {
    std::string out = "RoPE scaling " + rope.scaling;
    if (rope.scale != 0) {
        out += fmt::format(", scale {}", rope.scale);
    }
    if (rope.freq_base != 0) {
        out += fmt::format(", frequency base {}", rope.freq_base);
    }
    if (rope.yarn_orig_ctx != 0) {
        out += fmt::format(", trained for {} tokens", rope.yarn_orig_ctx);
    }
    return out;
}

std::string describe_recipe(const RunRecipe& recipe) {
    const std::string out = fmt::format("flash attention {}, KV cache {}/{}",
                                        recipe.flash_attn,
                                        recipe.cache_type_k,
                                        recipe.cache_type_v);
    return recipe.rope == RopeScaling() ? out : out + ", " + describe_rope(recipe.rope);
}

}  // namespace assay
