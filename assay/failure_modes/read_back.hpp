#pragma once
// A prompt read back: the answer says its own instructions or its question again. Contexts said
// again are a context dump (copying.hpp).

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::failure_modes {

/// Instructions are read back where this many of their words stand in a row in the answer. An
/// honest "the passages do not contain the answer" has fewer of "If they do not contain the answer,
/// say so".
inline constexpr std::size_t kInstructionWords = 8;
/// So are their first words ("You are a careful assistant"), one of which may be another one, left
/// out, or added.
inline constexpr std::size_t kOpeningWords = 5;
/// A question is read back where its first words stand in a row, in the order of a question. A
/// sentence that takes up its words ("The ion tail points away because ...") begins otherwise. A
/// question of fewer words must stand there whole.
inline constexpr std::size_t kQuestionWords = 6;
/// A question of fewer words is too common to tell.
inline constexpr std::size_t kFewestQuestionWords = 4;

/// The texts of a Jinja template between its tags: what it says whatever the variables are.
[[nodiscard]] std::vector<std::string> fixed_texts(std::string_view jinja);

/// Any of `instructions` (the system prompt, the fixed texts of the user's turn) is read back.
/// Case, punctuation and "you're" for "you are" do not count. n log n.
[[nodiscard]] bool reads_instructions_back(std::string_view text,
                                           std::span<const std::string> instructions);
[[nodiscard]] bool reads_question_back(std::string_view text, std::string_view question);

}  // namespace assay::failure_modes
