#pragma once
// A verdict read from the probabilities of three words that a model could write next: A, B and a
// word for a tie.

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/records/verdict.hpp"

namespace assay::judge {

/// Counted up whenever probabilities could be read differently than before; part of a judge's
/// identity.
inline constexpr int kLabelReadingVersion = 2;
/// Largest probability of the three, renormalised, from which confidence is high, and medium; low
/// below.
inline constexpr double kHighProbability = 0.9;
inline constexpr double kMediumProbability = 0.6;
/// If the labels together have less than this, the model did not answer what was asked: INVALID.
inline constexpr double kLeastMass = 0.05;

struct Label {
    std::string word;
    std::vector<std::int32_t> tokens;  ///< one or two: the word as it stands, and with a space
                                       ///< before it
};

struct Labels {
    Label a, b, tie;
    /// The tokens of all three in this order: what the engine is asked for.
    [[nodiscard]] std::vector<std::int32_t> tokens() const;
};

/// The id of the one token that `text` is where the model is to write it; empty if it is several
/// tokens there.
using SingleToken = std::function<std::optional<std::int32_t>(const std::string& text)>;

/// A, B, and the first of C, T, Tie, Equal, = that is a single token and none of the others'. Each
/// label is taken as it stands and with a space before it, as far as those are single tokens. Fails
/// where the vocabulary has no such three.
[[nodiscard]] Result<Labels> choose_labels(const SingleToken& single_token);

/// The label with the largest probability; TIE where A and B are equally likely and the largest.
/// `log_probs` are of labels.tokens(). A label's probability is the sum of its tokens'; confidence
/// is that of the winner, the three renormalised. `raw` is a JSON object of verdict, confidence,
/// the three probabilities and the mass outside of them, unrounded; `reasoning` says it in words.
/// INVALID if the three have less than kLeastMass together.
[[nodiscard]] Verdict label_verdict(const Labels& labels, std::span<const double> log_probs);

}  // namespace assay::judge
