#pragma once
// What of a model's text is thought, and what is said. Judges' replies and answers are read alike.

#include <cstddef>
#include <functional>
#include <string_view>

namespace assay {

/// Where the thoughts of a text end.
struct Thoughts {
    std::size_t end = 0;      ///< what is said begins here, white space left out; the text's size:
                              ///< nothing is said
    bool any = false;         ///< false: all of the text is said, and `end` is 0
    bool unfinished = false;  ///< they were begun and have no end: the text was cut off
};

/// Whether text[at] stands inside something that cannot hold the end of thoughts.
using IsQuoted = std::function<bool(std::string_view text, std::size_t at)>;

/// Thoughts stand at the beginning of a text, between marks that models or their templates know:
/// <think>, <thinking>, <thought>, <thoughts>, <reasoning>, <seed:think>, <mm:think>, [THINK],
/// <|START_THINKING|>, <|inner_prefix|>, <|begin_of_thought|>, ◁think▷, the channels of gpt-oss and
/// Gemma, and a few words of older models. An end without a beginning counts where the mark stands
/// as a model puts it (at the end of a line, or behind a full stop): then the template has opened
/// the thoughts. A mark that is only talked about further on, in code or in the middle of a
/// sentence, is none. `is_quoted` may rule out further places for an end without a beginning.
/// Cost: linear in the text for each of the marks.
[[nodiscard]] Thoughts find_thoughts(std::string_view text, const IsQuoted& is_quoted = {});

/// The text without its thoughts; unchanged, byte for byte, where it has none.
[[nodiscard]] std::string_view said_of(std::string_view text);

}  // namespace assay
