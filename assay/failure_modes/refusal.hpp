#pragma once
// No answer: nothing, or a refusal.

#include <cstddef>
#include <optional>
#include <string_view>

namespace assay::failure_modes {

/// A refusal begins within this many words; "... which I cannot explain" at the end of an answer is
/// none.
inline constexpr std::size_t kRefusalWords = 20;
/// A text of at most this many words that ends with a colon is a lead-in: what it announces is not
/// there.
inline constexpr std::size_t kLeadInWords = 25;

/// No word at all outside of square brackets; or a lead-in with nothing after it: at most
/// kLeadInWords words that end with a colon ("The answer to this question is:"), or nothing but
/// words like "answer", "the", "is" ("The answer is: [1]").
[[nodiscard]] bool is_empty_answer(std::string_view text);

/// The writer declines: "I don't know", "I'm not sure", "I cannot ...", "I'm sorry", "As an AI",
/// "unable to answer". Only the first person counts: "you do not know" is a prompt read back, not a
/// refusal.
[[nodiscard]] bool declines(std::string_view text);

/// The text says that its sources do not say: "the passages do not contain ...", "not stated in the
/// contexts", "there is no information".
[[nodiscard]] bool says_sources_do_not_say(std::string_view text);

/// No answer: empty; or it declines or says that the sources do not say, while the expected answer
/// does not say that. Where the expected answer says that the sources do not say, both are the
/// honest answer and only an empty one is none. Without an expected answer every refusal counts.
[[nodiscard]] bool is_no_answer(std::string_view text, std::optional<std::string_view> expected);

}  // namespace assay::failure_modes
