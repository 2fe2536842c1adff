#pragma once
// What is looked at in a draft as a whole, when its names and files are known.

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

/// Reports settings that do not fit each other, or what the experiment names. The name of the
/// variant that is known to be bad becomes the variant's own.
void check_draft(Draft& draft, Problems& problems);

}  // namespace assay::config
