#pragma once
// A text that says the opposite, by tables of a few languages. Pure.

#include <cstddef>
#include <string>
#include <string_view>

namespace assay::pairing {

/// English, German, French, Spanish or Chinese by their frequent words; kOther: none of them.
enum class Tongue { kOther, kEnglish, kGerman, kFrench, kSpanish, kChinese };
[[nodiscard]] Tongue tongue_of(std::string_view text);

/// With one negation put in or taken out, or one word replaced by its opposite ("yes" by "no",
/// "before" by "after"); empty where the text has no place for it. `turn` says which place, counted
/// round. `text` is valid UTF-8.
[[nodiscard]] std::string negated(std::string_view text, std::size_t turn);

}  // namespace assay::pairing
