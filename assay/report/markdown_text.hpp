#pragma once
// GitHub's Markdown as text: the escapes, for render_markdown.cpp.

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::report {

/// assay's own words as literal text: what is markup is escaped; brackets, as in "[-12.2, +8.3]",
/// and a "<" before a space, as in "< 0.0001", are none and stay.
[[nodiscard]] std::string md_words(std::string_view words);
/// Foreign text as literal text on one line, safe in a table's cell: markup characters are escaped,
/// "<", ">", "&", "|", backticks and backslashes become character references, line ends become
/// <br>, bare addresses are no links, control characters and those that reverse the writing
/// direction become U+FFFD. `max_chars` characters at most (0: all), then "… (cut)".
[[nodiscard]] std::string md_text(std::string_view bytes, std::size_t max_chars = 0);
/// A name or hash in a code span; text that a code span cannot hold safely is given by md_text
/// instead. Empty text: "not known".
[[nodiscard]] std::string md_code(std::string_view bytes);
/// Lines as a fenced block that their content cannot end: the fence is longer than any run of
/// backticks in them.
[[nodiscard]] std::string md_code_block(std::string_view bytes);

}  // namespace assay::report
