#pragma once
// Answers that are altered on purpose, for controls: damaged ones have to lose, reformatted ones
// say the same, padded ones say no more. Pure: the same text gives the same alteration.

#include <cstddef>
#include <string>
#include <string_view>

#include "assay/records/control.hpp"

namespace assay::pairing {

/// An answer with fewer words is short: half of it says little, and it can be replaced whole.
inline constexpr int kFewestWords = 6;

/// The first half of an answer's bytes, less the word that the cut goes through. Empty if it has
/// fewer than kFewestWords: what is left of those says little.
[[nodiscard]] std::string cut_short(std::string_view text);

struct Damageable {
    std::string_view text;           ///< the answer
    std::string_view question = {};  ///< what it answers
    std::string_view donor = {};     ///< an answer to another question: a sentence or a name may be
                                     ///< taken from it
    bool may_be_replaced = false;    ///< kSentence of an answer of few words is the whole donor
};

/// The text with one thing made wrong, as valid UTF-8; empty where this damage cannot be done to
/// it. `turn` says which number, word or sentence is changed, counted round.
///   - kNumber: all places of one number get another first digit; or a unit or a number word. Not a
///     number of the question, if there is another: the answer would be about something else
///   - kNegation: in texts that are English, German, French, Spanish or Chinese
///   - kExchange: two different names (words with a capital inside a sentence) change places, if
///     they do not stand side by side as in "A and B"; a single name becomes one of the donor's
///   - kSentence: needs two sentences
///   - kHalf: cut_short
[[nodiscard]] std::string damaged(Damage damage, const Damageable& source, std::size_t turn);

/// The text in other white space, punctuation or case, or with a phrase for another that means the
/// same; which of them depends on `turn`. Empty only for an empty text.
[[nodiscard]] std::string reformatted(std::string_view text, std::size_t turn);

/// The text and sentences after it that add nothing; where no filler in the text's language is
/// known, the text twice. Empty only for an empty text.
[[nodiscard]] std::string padded(std::string_view text);

}  // namespace assay::pairing
