#include "assay/exchange/shown_prompt.hpp"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "assay/base/unicode_text.hpp"

namespace assay::exchange {
namespace {

/// The only place of `mark`; npos: it is not there, or more than once.
std::size_t only_place(std::string_view text, std::string_view mark) {
    const std::size_t first = text.find(mark);
    if (first == std::string_view::npos || text.find(mark, first + 1) != std::string_view::npos) {
        return std::string_view::npos;
    }
    return first;
}

/// What stands between the marks of one assistant.
std::optional<std::string_view> answer_of(std::string_view prompt, char assistant) {
    for (const auto& [open, close] : {std::pair{"[", "]"}, std::pair{"<|", "|>"}}) {
        const std::string start = fmt::format(
            "{}The Start of Assistant {}'s Answer{}", open, assistant, close);
        const std::string end = fmt::format(
            "{}The End of Assistant {}'s Answer{}", open, assistant, close);
        const std::size_t from = only_place(prompt, start), to = only_place(prompt, end);
        if (from != std::string_view::npos && to != std::string_view::npos &&
            from + start.size() <= to) {
            return prompt.substr(from + start.size(), to - from - start.size());
        }
    }
    return std::nullopt;
}

}  // namespace

std::optional<bool> shows_equal_answers(std::string_view prompt) {
    const auto a = answer_of(prompt, 'A'), b = answer_of(prompt, 'B');
    if (!a || !b) {
        return std::nullopt;
    }
    return trim_unicode(*a) == trim_unicode(*b);
}

std::optional<bool> read_shows_equal_answers(JsonReader& reader) {
    if (reader.kind() != JsonKind::kText) {
        reader.skip();
        return std::nullopt;
    }
    return shows_equal_answers(reader.read_text());
}

}  // namespace assay::exchange
