#pragma once
// The text that an importance matrix is made from: it must not hold what is measured.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/question.hpp"

namespace assay::variants {

/// Ids of the questions whose text stands in the text, in the dataset's order; only letters and
/// digits count, and they are folded (base/unicode_text.hpp), so that line breaks, punctuation and
/// the escapes of JSON hide none. Questions of fewer than 24 bytes of them may stand in any text by
/// chance: they are told only where at least half of those from 8 bytes on do. `text` and questions
/// of any size are looked at in time that is proportional to it, for questions that do not all
/// begin, end and have their middle in common.
[[nodiscard]] std::vector<std::string> questions_in(std::string_view text,
                                                    std::span<const Question> questions);

}  // namespace assay::variants
