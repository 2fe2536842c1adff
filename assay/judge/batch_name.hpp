#pragma once
// How batches, and their items, are named in replies and names of files.

#include <optional>
#include <string>
#include <string_view>

namespace assay::judge {

/// "batch_01", "batch_01/3" (an item), "01-482913" (with the code that binds a reply to what was
/// exported), "1".
struct BatchName {
    int number = 0;              ///< from 1
    std::string code;            ///< digits; empty: not said
    std::optional<int> example;  ///< from 1
};
[[nodiscard]] std::optional<BatchName> batch_name_of(std::string_view text);
/// The number behind "batch" in a file's name ("batch_03_reply.txt").
[[nodiscard]] std::optional<BatchName> batch_name_of_file(std::string_view file_name);

/// Takes the number from 1 at the beginning of `text` away from it.
[[nodiscard]] std::optional<int> take_number(std::string_view& text);
/// The line as a heading that names a batch: "## Batch 2", "=== batch_02.txt ===", "batch_02:".
[[nodiscard]] std::optional<BatchName> batch_heading(std::string_view line);
/// Whether `key` is the name of a batch with the word in it: "batch_01", not "1".
[[nodiscard]] bool names_a_batch(std::string_view key);
/// "batch_02"
[[nodiscard]] std::string words_of(const BatchName& name);

}  // namespace assay::judge
