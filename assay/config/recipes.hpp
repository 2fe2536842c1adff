#pragma once
// How each variant is run: what its entry says, over what the engine block says.

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

/// Gives every variant its whole recipe. Reports what does not fit together in a recipe that is not
/// the engine block's.
void fill_recipes(Draft& draft, Problems& problems);

/// Reports what does not fit together in the engine block's recipe.
void check_engine_recipe(Draft& draft, Problems& problems);

}  // namespace assay::config
