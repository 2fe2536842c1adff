#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// report.md, report.json and the study's files (formats.md, "Left in DIR"): path in the run
/// directory -> text.
using Artifacts = std::map<std::string, std::string>;

/// Pure: the same run gives the same texts. `model` is the run's report.
[[nodiscard]] Artifacts artifacts_of(const StoredRun& stored, const report::ReportModel& model);

/// Files in the run directory that an earlier plan left and this one does not have, sorted.
[[nodiscard]] std::vector<std::string> stale_artifacts(const Artifacts& artifacts,
                                                       const std::filesystem::path& run_dir);

/// Writes them, each whole or not at all and only where it is another text, and removes the stale
/// ones. Throws Error if one cannot be written; the store has everything.
void write_artifacts(const Artifacts& artifacts, const std::filesystem::path& run_dir);

}  // namespace assay::run
