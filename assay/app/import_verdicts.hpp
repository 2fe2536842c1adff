#pragma once
// `assay import verdicts`: what was said of exported batches, or of the study's own, as verdicts of
// a judge `batch` or `human`.

#include <cstdint>
#include <string>
#include <vector>

namespace assay::app {

struct ImportOptions {
    std::string run_dir;
    std::vector<std::string> files;
    std::string judge;                  ///< empty: the only one that is judged by hand
    std::vector<std::string> mappings;  ///< batch_mapping.json files (with controls/ beside them);
                                        ///< empty: what the run exported
    std::string model_version;  ///< who judged, to be stored with each verdict; may be empty
    bool replace = false;       ///< a verdict that differs from the stored one takes its place
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
    std::vector<std::string> exploratory_reasons;  ///< of the run as it is now; empty: it is not
    std::vector<std::string> unread;  ///< sentences: replies of which nothing was taken
};

/// Reads the replies, saves what is new, and makes report and files anew. All or nothing: where a
/// reply contradicts another one, the mapping or a stored verdict, where its batch or example is
/// not known, or where the mapping is stale, Error kUsage lists all such things and nothing is
/// saved. What is not in the replies stays pending.
[[nodiscard]] ImportedVerdicts import_verdicts(const ImportOptions& options);

}  // namespace assay::app
