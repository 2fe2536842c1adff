#pragma once
// Questions that stand in a dataset more than once. Copies are answered and judged alike, so they
// are one observation and belong into one cluster, whatever the dataset says.
//
//   - copies: text and contexts are equal after folding (white space, letter case, Unicode form).
//     The same text with other contexts is another question ("Summarise this.")
//   - near copies: of the words of text and contexts, at least kNearCopy of all runs of
//     kShingleWords words that either has are in both (Jaccard; Broder 1997, "On the resemblance
//     and containment of documents"). They are named and change nothing: whether they are one
//     observation is the user's to say

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "assay/records/question.hpp"

namespace assay::analysis {

inline constexpr double kNearCopy = 0.8;
inline constexpr std::size_t kShingleWords = 5;
/// Of more questions only the first so many are looked at for near copies.
inline constexpr std::size_t kMostForNearCopies = 5000;
/// Of a longer question only the first so many words are looked at for near copies.
inline constexpr std::size_t kMostWordsForNearCopies = 400;
/// The search ends after so many steps (less than a second), and says that there may be more.
inline constexpr std::size_t kMostNearSteps = 20'000'000;

/// The questions, with copies in one cluster: the first one's that they name, or a new one of the
/// name "copies of ID". Clusters that share a copy become one. Done again it changes nothing.
[[nodiscard]] std::vector<Question> with_copies_joined(std::span<const Question> questions);

/// Sentences for a reader: how many copies there are, what they do to clusters, near copies; each
/// with up to three examples. Empty: there are none.
[[nodiscard]] std::vector<std::string> notes_on_copies(std::span<const Question> questions);

/// The first two questions that are copies of each other, as places; nothing: there are none.
[[nodiscard]] std::optional<std::pair<std::size_t, std::size_t>> first_copies(
    std::span<const Question> questions);

}  // namespace assay::analysis
