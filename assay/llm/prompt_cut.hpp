#pragma once
// Whether a server cut a prompt in silence, seen from the prompt tokens that its replies name.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace assay::llm {

/// Looks at the replies of one server, one after another; the same replies in the same order give
/// the same answers. For judges and served variants alike.
class PromptCut {
 public:
    /// `prompt`: the text that was sent, or the greater part of it; `n_tokens`: of the prompt, as
    /// the reply names them; 0: it does not. A sentence if the server seems to have read only a
    /// part of the prompt; empty: nothing speaks for it.
    [[nodiscard]] std::optional<std::string> look(std::string_view prompt, std::int64_t n_tokens);

 private:
    struct Same {
        std::int64_t n = 0;
        double shortest = 0;  ///< in letters
        double longest = 0;
    };
    std::map<std::int64_t, Same> by_count_;  ///< of replies that name at least kLeastTokens
};

/// Code points of a text that are no white space; a run of one character counts once. The part of a
/// text that no tokenizer makes small: blanks and rulers are.
[[nodiscard]] double n_letters(std::string_view text);

}  // namespace assay::llm
