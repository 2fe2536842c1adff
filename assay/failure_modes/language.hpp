#pragma once
// Language switch: the answer is in another language than the question and its contexts.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace assay::failure_modes {

/// Another script: at least this share of the answer's letters, and this many, are of scripts that
/// make up less than kKnownScriptShare of the letters of question and contexts. A stray character
/// or a Greek letter in a formula is none.
inline constexpr double kForeignShare = 0.1;
inline constexpr std::size_t kForeignLetters = 4;
inline constexpr double kKnownScriptShare = 0.01;

/// Another language in the same script, by common short words of English, French, German, Spanish,
/// Italian, Portuguese and Dutch: the answer has at least this many of another language's ...
inline constexpr std::size_t kForeignStopWords = 4;
/// ... they are at least this share of its words ...
inline constexpr double kForeignStopShare = 0.15;
/// ... and at least this many times those of the language that question and contexts have most of.
inline constexpr std::size_t kForeignTimes = 2;

/// The script of the answer is another one. False without letters in question and contexts.
[[nodiscard]] bool switches_script(std::string_view text,
                                   std::string_view question,
                                   std::span<const std::string> contexts);
/// The common short words of the answer are those of another language.
[[nodiscard]] bool switches_stop_words(std::string_view text,
                                       std::string_view question,
                                       std::span<const std::string> contexts);
/// Either. Where a question asks for another language (a translation), this is a false alarm.
[[nodiscard]] bool switches_language(std::string_view text,
                                     std::string_view question,
                                     std::span<const std::string> contexts);

}  // namespace assay::failure_modes
