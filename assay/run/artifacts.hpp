#pragma once

#include <filesystem>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "assay/report/report_model.hpp"
#include "assay/run/stored_run.hpp"

namespace assay::run {

/// Takes one of the files that a run leaves: its path in the run directory, and its text.
using ArtifactSink = std::function<void(const std::string& path, const std::string& text)>;

/// Makes the study's files, then report.md and report.json (formats.md, "Left in DIR"), one after
/// the other: together they would be the largest part of a run's memory. The same run gives the
/// same texts in the same order. `model` is the run's report.
void make_artifacts(const StoredRun& stored,
                    const report::ReportModel& model,
                    const ArtifactSink& sink);

/// Files in the run directory that an earlier plan left and are none of `paths`, sorted.
[[nodiscard]] std::vector<std::string> stale_artifacts(const std::set<std::string>& paths,
                                                       const std::filesystem::path& run_dir);

/// Writes them, each whole or not at all and only where it is another text, and removes the stale
/// ones. Throws Error if one cannot be written; the store has everything.
void write_artifacts(const StoredRun& stored,
                     const report::ReportModel& model,
                     const std::filesystem::path& run_dir);

}  // namespace assay::run
