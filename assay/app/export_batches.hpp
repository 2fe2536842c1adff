#pragma once
// `assay export batches`: a run's pairs as texts for a judge `batch` or `human` of its plan.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace assay::app {

struct ExportOptions {
    std::string run_dir;
    std::string judge;  ///< empty: the only one that is judged by hand
    std::string out;  ///< folder of what is handed out; empty: batches/<judge> in the run directory
    int per_batch = 10;      ///< at least 1
    std::int64_t limit = 0;  ///< at most so many of the items that lack a verdict, in judging
                             ///< order; 0: all
};

struct ExportedBatches {
    std::string judge;
    std::filesystem::path folder;  ///< what is handed out: no file in it says what an answer is of,
                                   ///< or which items are controls
    std::filesystem::path key;     ///< batch_mapping.json
    std::vector<std::string> files;  ///< names of the batches' files, in their order
    std::int64_t n_items = 0;        ///< in these files
    std::int64_t n_left = 0;         ///< that lack a verdict, too, and were beyond the limit
};

/// Writes what the judge lacks. An item that was exported before keeps its batch and number. Files
/// of an earlier export that are not needed any more are removed from the folder; a file of another
/// content is never replaced. Throws Error: kUsage where there is no such run or judge, or a file
/// is in the way; kOperational where something cannot be written.
[[nodiscard]] ExportedBatches export_batches(const ExportOptions& options);

}  // namespace assay::app
