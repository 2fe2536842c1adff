#pragma once
// The two answers in a prompt that another tool put to its judge.

#include <optional>
#include <string_view>

#include "assay/exchange/json_rows.hpp"

namespace assay::exchange {

/// Whether the answers between "The Start of Assistant A's Answer" and its end, and of B, are the
/// same but for white space at the ends; in the brackets of FastChat ([...]) or of arena-hard
/// (<|...|>). Empty: the prompt is of another form, or an answer holds such a mark itself.
[[nodiscard]] std::optional<bool> shows_equal_answers(std::string_view prompt);

/// Reads the value of a member that holds such a prompt; empty for one that is no text (prompts
/// with pictures are lists).
[[nodiscard]] std::optional<bool> read_shows_equal_answers(JsonReader& reader);

}  // namespace assay::exchange
