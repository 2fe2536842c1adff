#pragma once
// Text by what a reader sees of it: the same words whatever their bytes are. By ICU.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// Equal for texts that differ in white space, letter case or the Unicode form only: NFKC with case
/// folding (Unicode's NFKC_Casefold, which drops invisible characters, too), runs of white space as
/// one space, none at the ends. Bytes that are no UTF-8 count as U+FFFD. Valid UTF-8.
[[nodiscard]] std::string folded_text(std::string_view text);

/// Letters and digits of the folded text, one behind the other: the same for texts that differ in
/// punctuation, too.
[[nodiscard]] std::string letters_and_digits(std::string_view text);

/// Without Unicode white space (and U+FEFF, U+200B) at both ends; what is no UTF-8 is kept.
[[nodiscard]] std::string_view trim_unicode(std::string_view text);

/// Letters of a text, and those of scripts that are written without spaces between words.
struct LetterCounts {
    std::int64_t n = 0;
    std::int64_t n_without_word_spaces = 0;  ///< Han, Hiragana, Katakana, Thai, Lao, Khmer, Myanmar
};
[[nodiscard]] LetterCounts letters_of(std::string_view text);

/// Runs of anything but Unicode white space.
[[nodiscard]] std::int64_t n_words(std::string_view text);

/// Where two texts differ for the first time, at a character as a reader sees it: never inside one
/// that has marks of its own.
struct TextDifference {
    std::size_t place = 0;  ///< bytes that both begin with
    std::size_t word = 0;   ///< where the word begins in which they differ; `place` between words
    std::int64_t n_words = 0;  ///< whole words before it
};
/// Nothing for equal bytes.
[[nodiscard]] std::optional<TextDifference> first_difference(std::string_view a,
                                                             std::string_view b);

}  // namespace assay
