#pragma once

#include <filesystem>
#include <string>

#include "assay/report/report_model.hpp"
#include "assay/store/store.hpp"

namespace assay::run {

/// Writes report.md, report.json and the study's files (formats.md, "Left in DIR") into the run
/// directory, each whole or not at all, and removes those that an earlier plan left and this one
/// does not have. Throws Error if one cannot be written; the store has everything.
void write_artifacts(const store::Store& store,
                     const std::string& plan_sha256,
                     const report::ReportModel& model,
                     const std::filesystem::path& run_dir);

}  // namespace assay::run
