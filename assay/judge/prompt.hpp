#pragma once
// What a judge that is called is shown: one pair a prompt. What is pasted into a chat:
// exchange/batch_text.hpp.

#include <string>
#include <string_view>

#include "assay/records/verdict.hpp"

namespace assay::judge {

/// Counted up whenever the system text, the built-in template, the variables or the boundary
/// change; part of a judge's identity.
inline constexpr int kPromptVersion = 2;

/// The system message of every judging prompt, also with a template of the user's own.
[[nodiscard]] std::string_view system_text();

/// The built-in Jinja template of the user turn. JudgeSpec::prompt_template replaces it;
/// template_variables says what it can use. With tags it asks for tags_a and tags_b, too.
[[nodiscard]] std::string builtin_template(bool with_tags);

/// As builtin_template, for a judge whose verdict is read from the first word of its reply; what
/// prompts share stands first. label_variables says what it can use.
[[nodiscard]] std::string_view label_template();

/// Question, answers, expected answer and contexts, those not shown included, one after another:
/// for parse_reply.
[[nodiscard]] std::string all_texts(const BlindedPair& pair);

/// The template's variables as a JSON object: `question`; `expected` (shown_expected(); null: none,
/// or not to be shown); `contexts` (a list, empty if not to be shown); `answer_a`, `answer_b`;
/// `boundary`, derived from all of the item's texts, those not shown included; it is the same when
/// the answers change places.
[[nodiscard]] std::string template_variables(const BlindedPair& pair,
                                             bool show_contexts,
                                             bool show_expected);

/// As template_variables, and `tie_word`: the word that means a tie.
[[nodiscard]] std::string label_variables(const BlindedPair& pair,
                                          bool show_contexts,
                                          bool show_expected,
                                          const std::string& tie_word);

}  // namespace assay::judge
