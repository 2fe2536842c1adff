#pragma once
// Variants that are made of the baseline's file: what they need of it.

#include <string>

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

/// Reports a type of the variant at `key` that cannot be made: of a baseline that is no file,
/// without the importance matrix that it needs, or with the baseline's LoRA adapter where that does
/// not go.
void check_made_type(const std::string& key,
                     const VariantSpec& variant,
                     Draft& draft,
                     Problems& problems);

}  // namespace assay::config
