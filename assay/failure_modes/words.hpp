#pragma once
// Text as words and scripts, for the detectors. Every function takes any bytes (invalid UTF-8
// counts as no letter) and is linear in them.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::failure_modes {

/// Code points; each byte that is not part of well-formed UTF-8 becomes U+FFFD.
[[nodiscard]] std::vector<char32_t> code_points(std::string_view bytes);

enum class Script {
    kNone,
    kLatin,
    kGreek,
    kCyrillic,
    kHebrew,
    kArabic,
    kIndic,
    kThai,
    kHangul,
    kCjk,
    kOther
};
inline constexpr std::size_t kScripts = 11;
/// The script of a letter by its Unicode block (the blocks in use today, not all); kNone for what
/// is no letter. kCjk holds Chinese characters and kana.
[[nodiscard]] Script script_of(char32_t c);

/// Maximal runs of letters, digits and apostrophes between them, ASCII letters lowered, ’ as '. A
/// Chinese character, a kana or a Thai letter is a word of its own, as those scripts have no
/// spaces.
[[nodiscard]] std::vector<std::string> words(std::string_view text);

/// " word word word ": so that a phrase with a space at both ends is found only at word boundaries.
[[nodiscard]] std::string joined(std::span<const std::string> words);

/// The text with everything in ``` fences and `spans` as spaces; a fence that is not closed reaches
/// to the end.
[[nodiscard]] std::string without_code(std::string_view text);

}  // namespace assay::failure_modes
