#pragma once
// Whether the judges that are named can decide together.

#include "assay/config/draft.hpp"
#include "assay/config/problems.hpp"

namespace assay::config {

/// Reports what a panel cannot be made of: one judge, a judge twice, a metric, a judge by hand, or
/// a design that stops early. Nothing where the plan asks for no panel.
void check_panel(Draft& draft, Problems& problems);

}  // namespace assay::config
