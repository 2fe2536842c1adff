#pragma once
// What a judge is shown: one pair a prompt for judges that are called, a batch as text for those
// that are pasted into a chat.

#include <span>
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

/// `n_digits` decimal digits that occur in none of the texts, so that no text can write the mark
/// that ends its own block. Derived from the texts by SHA-256 (and again until they occur in none):
/// the same texts give the same boundary on every machine. Decimal digits only, because hexadecimal
/// ones could spell the name of a number format ("f16"), and a prompt may not name any. n_digits: 1
/// to 20; the texts must leave a number of that length free.
[[nodiscard]] std::string boundary_for(std::span<const std::string_view> texts,
                                       std::size_t n_digits = 12);

/// Question, answers, expected answer and contexts, those not shown included, one after another:
/// for parse_reply.
[[nodiscard]] std::string all_texts(const BlindedPair& pair);

/// The template's variables as a JSON object: `question`; `expected` (null: none, or not to be
/// shown); `contexts` (a list, empty if not to be shown); `answer_a`, `answer_b`; `boundary`,
/// derived from all of the item's texts, those not shown included; it is the same when the answers
/// change places.
[[nodiscard]] std::string template_variables(const BlindedPair& pair,
                                             bool show_contexts,
                                             bool show_expected);

/// As template_variables, and `tie_word`: the word that means a tie.
[[nodiscard]] std::string label_variables(const BlindedPair& pair,
                                          bool show_contexts,
                                          bool show_expected,
                                          const std::string& tie_word);

/// A pair and its number in its batch.
struct BatchExample {
    int number = 1;
    BlindedPair pair;
};

/// A batch_NN.txt of the study (formats.md): instructions, then per item "Example n", the question,
/// the expected answer and the contexts if they are to be shown, Response A, Response B; last the
/// JSON that is wanted back, reasoning before verdict and with `code` as its "batch". One boundary
/// for the whole batch. Pure; valid UTF-8 if the pairs are.
[[nodiscard]] std::string render_batch_text(std::string_view code,
                                            std::span<const BatchExample> examples,
                                            bool show_contexts,
                                            bool show_expected);
/// Whether a text begins and ends as those of render_batch_text do: nobody has written a reply
/// below it.
[[nodiscard]] bool is_batch_text(std::string_view text);
/// The verdict that stands in the wanted JSON for one that was not given yet.
inline constexpr std::string_view kVerdictToFillIn = "A or B or TIE";

}  // namespace assay::judge
