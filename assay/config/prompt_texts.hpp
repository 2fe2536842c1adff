#pragma once
// The texts that a model and the judges are shown: given as they are, by file, or by default.

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

/// Reads the texts that are given by file into the plan, fills in the defaults, and reports a text
/// that cannot be what it is given for.
void read_prompt_texts(Draft& draft, Problems& problems);

}  // namespace assay::config
