#pragma once

#include "assay/records/audit.hpp"

namespace assay::report {

/// A judge with much to worry about, one with nothing, and people who labelled a part.
[[nodiscard]] RunAudit example_audit();

}  // namespace assay::report
