#pragma once
// What a judge remembers of its batches from before they are submitted until their results are in.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/judge.hpp"

namespace assay::judge {

struct BatchItem {
    std::size_t number = 0;  ///< its place in the batch, from 0; its custom id is LABEL-NUMBER
    std::string item_id;
    std::string prompt_sha256;
};

struct BatchEntry {
    std::string label;          ///< drawn for this batch
    std::string id;             ///< the provider's; empty: whether it was submitted is not known
    std::string newest_before;  ///< id of the provider's newest batch before this one, where labels
                                ///< are not kept; may be empty
    std::int64_t n_requests = 0;
    std::vector<BatchItem> items;  ///< those without a result yet
};

/// A text that is no journal reads as an empty one. Never throws.
[[nodiscard]] std::vector<BatchEntry> read_batches(std::string_view text);
[[nodiscard]] std::string write_batches(const std::vector<BatchEntry>& entries);

/// The entries of a judge, on disk after each change.
class BatchJournal {
 public:
    explicit BatchJournal(const Journal& journal);

    [[nodiscard]] std::vector<BatchEntry>& entries() { return entries_; }
    /// Entries without items are dropped.
    void save();

 private:
    const Journal& journal_;
    std::vector<BatchEntry> entries_;
};

}  // namespace assay::judge
