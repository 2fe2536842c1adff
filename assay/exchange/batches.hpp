#pragma once
// Batches that are judged by hand: which item stands where, and the key to them as a file. An item
// keeps its place for good, so that a reply means the same item however often its batch was
// exported.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/exchange/study.hpp"

namespace assay::exchange {

/// batches[k][i] is the id of example i + 1 of batch k + 1.
using Batches = std::vector<std::vector<std::string>>;

/// What is to be put into batches: an item or a control, and the question that it shows.
struct BatchEntry {
    std::string id;
    std::string question_id;
};

/// Puts the entries into new batches of at most `per_batch` (at least 1), each into the first new
/// one that has room and does not show its question yet: two orders of a pair, or a control beside
/// the pair that it was made of, would tell what they are.
void append_batches(Batches& batches, std::span<const BatchEntry> entries, int per_batch);

/// "01-482913": the batch's number, and digits that follow from its ids. A reply that repeats it is
/// bound to what was exported.
[[nodiscard]] std::string batch_code(int batch, std::span<const std::string> ids);

[[nodiscard]] std::string batches_to_json(const Batches& batches);
/// Of a text that batches_to_json wrote.
[[nodiscard]] Batches batches_from_json(std::string_view json);

/// An entry of batch_mapping.json, of the study or of assay, questions and controls alike.
struct MappingEntry {
    BatchPlace place;
    std::string task_id;
    std::string as_a;  ///< presented_as_A
    std::string as_b;
    std::string comparison_id;  ///< empty: a control, or the study's own mapping, which binds
                                ///< nothing
    std::string control_id;
    std::string answers_sha256;            ///< with comparison_id
    std::optional<std::int64_t> sample{};  ///< which of the question's pairs; empty: not told
};

/// The list of a mapping file. Fails with a sentence on what is none, a place that is given twice,
/// and an entry that contradicts itself
/// (`order` is not that of presented_as_A).
[[nodiscard]] Result<std::vector<MappingEntry>> read_batch_mapping(std::string_view text);

}  // namespace assay::exchange
