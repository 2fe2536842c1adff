#pragma once
// Formatting artifacts: pieces of a chat template or of markup in what should be an answer in plain
// sentences.

#include <cstddef>
#include <string_view>

namespace assay::failure_modes {

/// A Markdown heading is an artifact in an answer of fewer words; longer ones may have sections.
inline constexpr std::size_t kHeadingWords = 100;

/// A token of a chat template stands in the text: <|word|>, [INST], [/INST], [SYS], <<SYS>>,
/// <</SYS>>, <s>, </s>, <bos>, <eos>, <unk>, <pad>, <start_of_turn>, <end_of_turn>, <think>,
/// </think>. Case does not count.
[[nodiscard]] bool has_template_token(std::string_view text);
/// A line begins with user:, assistant:, system: or human: (also after # or *), or holds nothing
/// but such a role.
[[nodiscard]] bool has_role_header(std::string_view text);
/// A code fence ``` is opened at the start of a line and never closed.
[[nodiscard]] bool has_open_fence(std::string_view text);
/// A line outside of code begins with one to six # and a space, in a text of fewer than
/// kHeadingWords words.
[[nodiscard]] bool has_heading(std::string_view text);
/// A tag of HTML outside of code: a document, layout, list, table, link, script or emphasis tag.
/// <sub> and <sup> are how formulas are written and are none, and "a < b" is none.
[[nodiscard]] bool has_html(std::string_view text);

/// Any of these.
[[nodiscard]] bool has_formatting_artifact(std::string_view text);

}  // namespace assay::failure_modes
