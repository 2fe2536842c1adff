#pragma once

#include <optional>
#include <string>
#include <vector>

#include "assay/records/audit.hpp"

namespace assay::report {

/// The document of `assay audit --json`, indented by `indent` spaces (negative: on one line),
/// without a final line break: schema_version, experiment, judges (as records/audit.hpp names
/// them), agreement {pairs, panel}, warnings.
[[nodiscard]] std::string audit_to_json(const RunAudit& audit, int indent);
/// {pairs: [{first, second, n, n_same, table (rows: loss, tie, win of the first), same, kappa,
/// kappa_weighted, alpha}], panel: {judges, n, n_all, n_same, same, alpha, alpha_interval, fleiss}
/// or null}.
[[nodiscard]] std::string agreement_to_json(const std::vector<PairAgreement>& pairs,
                                            const std::optional<PanelAgreement>& panel);

}  // namespace assay::report
