#pragma once
// What an answer shares with contexts: a raw dump of its own, or more of another question's than of
// its own.

#include <cstddef>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/question.hpp"

namespace assay::failure_modes {

/// A word of an answer is copied when it lies in a run of this many words that stands in a context
/// word for word.
inline constexpr std::size_t kCopyRunWords = 8;
/// A dump has at least this many copied words, about a sentence and a half of a passage: one
/// sentence quoted as the answer is none ...
inline constexpr std::size_t kDumpWords = 25;
/// ... and they are at least this share of the answer.
inline constexpr double kDumpShare = 0.5;

/// Words of the text that are copied from any of the contexts; case and punctuation do not count,
/// and a run that stands in the text again counts once (going round in a copied sentence is
/// repetition).
[[nodiscard]] std::size_t copied_words(std::string_view text,
                                       std::span<const std::string> contexts);

/// Context dump: kDumpWords copied words or more, and they make up kDumpShare of the answer. It
/// says that the answer was copied, not that it is wrong.
[[nodiscard]] bool is_context_dump(std::string_view text, std::span<const std::string> contexts);

/// An answer is from the wrong contexts when it shares at least this many content words with
/// another question's ...
inline constexpr std::size_t kWrongContextWords = 5;
/// ... and they are at least this many times what it shares with its own.
inline constexpr std::size_t kWrongContextTimes = 2;
/// ... and this share of its content words at least: a word salad meets some words of many contexts
/// by chance.
inline constexpr double kWrongContextShare = 0.3;
/// Bytes of a content word at least; shorter ones say little of a topic.
inline constexpr std::size_t kContentWordBytes = 4;

/// The content words of all questions of a dataset: built once, asked for each answer. A content
/// word has at least kContentWordBytes bytes, one of them a letter, and is no common English word.
class ContextWords {
 public:
    /// Two questions with one id count as the first.
    explicit ContextWords(std::span<const Question> questions);

    struct Overlap {
        std::size_t own = 0;    ///< distinct content words shared with the question's text and
                                ///< contexts
        std::size_t other = 0;  ///< with the contexts of that other question which shares most
        std::size_t all = 0;    ///< distinct content words of the text
    };
    /// Nothing if the dataset has no such question.
    [[nodiscard]] std::optional<Overlap> overlap(std::string_view text,
                                                 std::string_view question_id) const;

 private:
    std::map<std::string, std::size_t, std::less<>> questions_;
    /// word -> questions that have it in text or contexts
    std::map<std::string, std::vector<std::size_t>, std::less<>> own_;
    /// word -> questions that have it in contexts
    std::map<std::string, std::vector<std::size_t>, std::less<>> other_;
};

/// Wrong contexts: at least kWrongContextWords content words of another question's contexts,
/// kWrongContextTimes as many as of its own question and contexts, and kWrongContextShare of the
/// text's. False for a question that the dataset does not have.
[[nodiscard]] bool is_from_wrong_context(std::string_view text,
                                         std::string_view question_id,
                                         const ContextWords& dataset);

}  // namespace assay::failure_modes
