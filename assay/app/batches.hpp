#pragma once
// Judging by hand: a run's pairs leave as batches for a judge `batch` or `human` of its plan, and what was said comes back as verdicts.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "assay/report/report_model.hpp"

namespace assay::app {

struct ExportOptions {
    std::string run_dir;
    std::string judge;        ///< empty: the only one that is judged by hand
    std::string out;          ///< folder of what is handed out; empty: batches/<judge> in the run directory
    int per_batch = 10;       ///< at least 1
    std::int64_t limit = 0;   ///< at most so many of the items that lack a verdict, in judging order; 0: all
};

struct ExportedBatches {
    std::string judge;
    std::filesystem::path folder;      ///< what is handed out: no file in it says what an answer is of, or which items are controls
    std::filesystem::path key;         ///< batch_mapping.json
    std::vector<std::string> files;    ///< names of the batches' files, in their order
    std::int64_t n_items = 0;          ///< in these files
    std::int64_t n_left = 0;           ///< that lack a verdict, too, and were beyond the limit
};

/// Writes what the judge lacks. An item that was exported before keeps its batch and number. Files of an earlier export that are not needed
/// any more are removed from the folder; a file of another content is never replaced. Throws Error: kUsage where there is no such run or
/// judge, or a file is in the way; kOperational where something cannot be written.
[[nodiscard]] ExportedBatches export_batches(const ExportOptions& options);

struct ImportOptions {
    std::string run_dir;
    std::vector<std::string> files;
    std::string judge;                  ///< as above
    std::vector<std::string> mappings;  ///< batch_mapping.json files (with controls/ beside them); empty: what the run exported
    std::string model_version;          ///< who judged, to be stored with each verdict; may be empty
    bool replace = false;               ///< a verdict that differs from the stored one takes its place
};

struct ImportedVerdicts {
    std::string judge;
    std::int64_t n_new = 0;
    std::int64_t n_replaced = 0;
    std::int64_t n_unchanged = 0;  ///< are stored already
    std::int64_t n_needless = 0;   ///< of pairs that are settled without a judge
    std::int64_t n_unbound = 0;    ///< of the new and replaced ones: the mapping binds nothing
    std::int64_t n_invalid = 0;    ///< of the new and replaced ones
    std::int64_t n_pending = 0;    ///< items that still lack a verdict
    std::vector<std::string> unread;  ///< sentences: replies of which nothing was taken
};

/// Reads the replies, saves what is new, and makes report and files anew. All or nothing: where a reply contradicts another one, the mapping
/// or a stored verdict, where its batch or example is not known, or where the mapping is stale, Error kUsage lists all such things and nothing
/// is saved. What is not in the replies stays pending.
[[nodiscard]] ImportedVerdicts import_verdicts(const ImportOptions& options);

/// What has to be done next for judges whose verdicts are imported, a line each; empty: nothing.
[[nodiscard]] std::string next_steps_by_hand(const report::ReportModel& model, const std::string& run_dir);

}  // namespace assay::app
