#pragma once

#include "assay/records/audit.hpp"
#include "assay/report/section.hpp"

namespace assay::report {

/// A page for each judge, then what the judges say of each other.
[[nodiscard]] Document audit_document(const RunAudit& audit);

}  // namespace assay::report
