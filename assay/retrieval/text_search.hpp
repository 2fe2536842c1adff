#pragma once
// What two texts share, whatever their spaces, letter case and Unicode form are.

#include <string>
#include <string_view>

namespace assay::retrieval {

/// Whether the words of `part` stand in `text` one after the other, as whole words. Both are
/// folded_text. An empty part stands nowhere.
[[nodiscard]] bool holds_word_for_word(std::string_view text, std::string_view part);

/// NFC, each run of white space as one space, none at the ends: passages that are equal so have the
/// same text.
[[nodiscard]] std::string normal_text(std::string_view text);

}  // namespace assay::retrieval
