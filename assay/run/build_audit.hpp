#pragma once

#include <string>

#include "assay/records/audit.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// What the judges of a stored run are like. Pure: the same run gives the same audit. `judge`: only
/// this one, and what others say beside it; empty: all. Throws Error kUsage if there is no such
/// judge.
[[nodiscard]] RunAudit build_audit(const StoredRun& stored, const std::string& judge);

}  // namespace assay::run
