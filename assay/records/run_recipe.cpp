#include "assay/records/run_recipe.hpp"

namespace assay {

std::string describe_recipe(const RunRecipe& recipe) {
    return "flash attention " + recipe.flash_attn + ", KV cache " + recipe.cache_type_k + "/" +
           recipe.cache_type_v;
}

}  // namespace assay
