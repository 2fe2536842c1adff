#include "assay/config/recipes.hpp"

#include <fmt/format.h>

#include "assay/config/draft_step.hpp"
#include "assay/records/cache_type.hpp"

namespace assay::config {
namespace {

class Recipes : DraftStep {
 public:
    using DraftStep::DraftStep;

    /// A variant is run as its entry says; where that says nothing, as the engine block does.
    void fill() {
        fill_recipe("baseline", plan_.baseline);
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            fill_recipe(fmt::format("variants[{}]", i), plan_.variants[i]);
        }
    }

    void check_engine() { check_recipe("engine", plan_.engine.recipe); }

 private:
    void fill_recipe(const std::string& key, VariantSpec& variant) {
        variant.recipe = plan_.engine.recipe;
        const auto said = draft_.recipes.find(key);
        if (said == draft_.recipes.end()) {
            return;
        }
        const auto take = [](std::string& word, const std::string& given) {
            if (!given.empty()) {
                word = given;
            }
        };
        take(variant.recipe.flash_attn, said->second.flash_attn);
        take(variant.recipe.cache_type_k, said->second.cache_type_k);
        take(variant.recipe.cache_type_v, said->second.cache_type_v);
        const auto take_written = [&](const char* name, auto& field, const auto& given) {
            if (written(key + "." + name)) {
                field = given;
            }
        };
        RopeScaling& rope = variant.recipe.rope;
        const RopeScaling& said_rope = said->second.rope;
        take_written("rope-scaling", rope.scaling, said_rope.scaling);
        take_written("rope-scale", rope.scale, said_rope.scale);
        take_written("rope-freq-base", rope.freq_base, said_rope.freq_base);
        take_written("yarn-orig-ctx", rope.yarn_orig_ctx, said_rope.yarn_orig_ctx);
        if (variant.recipe != plan_.engine.recipe) {
            check_recipe(key, variant.recipe);
        }
    }

    void check_recipe(const std::string& key, const RunRecipe& recipe) {
        if (is_quantized_cache(recipe.cache_type_v) && recipe.flash_attn == "off") {
            const std::string place = key + ".cache-type-v";
            add(written(place) ? place : key + ".flash-attn",
                fmt::format("{} needs flash-attn: on", recipe.cache_type_v));
        }
        check_rope(key, recipe.rope);
    }

    /// What llama.cpp would take without a word and leave out.
    void check_rope(const std::string& key, const RopeScaling& rope) {
        const auto place = [&](const char* name) {
            const std::string own = key + "." + name;
            return written(own) ? own : key + ".rope-scaling";
        };
        const bool scales = rope.scaling == "linear" || rope.scaling == "yarn";
        if (scales && rope.scale == 0) {
            add(place("rope-scaling"),
                fmt::format("{} needs rope-scale", rope.scaling),
                "For example rope-scale: 4, for four times the context that it was trained for.");
        }
        if (rope.scaling == "none" && rope.scale != 0) {
            add(place("rope-scale"), "has no effect with rope-scaling: none");
        }
        if (rope.yarn_orig_ctx != 0 && rope.scaling != "yarn") {
            add(place("yarn-orig-ctx"), "belongs to rope-scaling: yarn");
        }
    }
};

}  // namespace

void fill_recipes(Draft& draft, Problems& problems) {
    Recipes(draft, problems).fill();
}

void check_engine_recipe(Draft& draft, Problems& problems) {
    Recipes(draft, problems).check_engine();
}

}  // namespace assay::config
