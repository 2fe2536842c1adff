#pragma once
// Repetition: the answer goes round in a loop.

#include <cstddef>
#include <string_view>

namespace assay::failure_modes {

/// A span is a loop when it stands this many times in a row ...
inline constexpr std::size_t kLoopTimes = 3;
/// ... with at most this many words (or characters, inside a word) each time ...
inline constexpr std::size_t kLoopMaxPeriod = 40;
/// ... and at least so many words in all, or so many letters and digits without a space.
inline constexpr std::size_t kLoopWords = 6;
inline constexpr std::size_t kLoopCharacters = 24;
/// Loops with changes (numbered lists of one sentence), and half of the answer said twice: this
/// share of the words stands in runs of kGramWords words that stood in the answer before ...
inline constexpr std::size_t kGramWords = 3;
inline constexpr double kRepeatedShare = 0.25;
/// ... and they are at least this many.
inline constexpr std::size_t kRepeatedWords = 10;

/// Share of the words, in [0, 1], that lie in a run of kGramWords words that stood earlier in the
/// text. 0 for short texts.
[[nodiscard]] double repeated_share(std::string_view text);

/// A loop anywhere in the text (case and punctuation do not count), or a repeated share of
/// kRepeatedShare or more.
[[nodiscard]] bool is_repetitive(std::string_view text);

}  // namespace assay::failure_modes
