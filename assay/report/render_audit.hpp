#pragma once

#include <string>

#include "assay/records/audit.hpp"

namespace assay::report {

/// A page for each judge, then what the judges say of each other. Lines of a terminal.
[[nodiscard]] std::string render_audit_text(const RunAudit& audit);
[[nodiscard]] std::string render_audit_markdown(const RunAudit& audit);

}  // namespace assay::report
