#pragma once
// The texts that are used where an experiment names none. They are part of the plan and of its
// hash.

#include <string_view>

namespace assay::config {

inline constexpr std::string_view kDefaultSystem =
    "You are a careful assistant. Answer correctly and briefly, and say so when you do not know.";

/// The user turn (Jinja). The instruction comes first, so that all questions share it as a prefix
/// that is computed once, and its end is said again after the question: a small model that has read
/// the passages since then answers far more often (docs/engine.md). A question without contexts is
/// shown as it is. No line ends right after a block: templates give the same text with and without
/// Jinja's trim_blocks.
inline constexpr std::string_view kDefaultPromptTemplate =
    "{% if contexts %}Answer the question with facts from the numbered passages below. "
    "If they do not contain the answer, say so.\n\n"
    "{% for passage in contexts %}[{{ loop.index }}] {{ passage }}\n\n"
    "{% endfor %}Question: {{ question }}\nAnswer in one or two full sentences.{% else %}{{ "
    "question }}{% endif %}";

}  // namespace assay::config
