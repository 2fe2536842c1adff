#pragma once
// How much an answer has in common with the expected one, as the usual Python packages compute it.
// No third-party code.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay::judge {

/// A rational in [0, 1]; denominator > 0, not reduced.
struct Fraction {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
};

/// Tokens of rouge-score 0.1.2 (Google's rouge_score/tokenize.py) without its stemmer: str.lower(),
/// then the maximal runs of a-z and 0-9. Letters outside of ASCII separate: a text in another
/// script has no tokens.
[[nodiscard]] std::vector<std::string> rouge_tokens(std::string_view text);

/// ROUGE-L F-measure (Lin 2004) as rouge-score 0.1.2 has it: 2 x LCS / (length + length), LCS being
/// the longest common subsequence of tokens; 0 if a side has none, also if both have. Time: the
/// product of the lengths.
[[nodiscard]] Fraction rouge_l(std::string_view answer, std::string_view expected);

/// chrF2 (Popovic 2015) as sacrebleu 2's sentence_chrf gives it by default, over 100: character
/// n-grams of 1 to 6, white space (str.split) removed, case kept, no words, beta 2. Precision and
/// recall are averaged over the orders that both texts have n-grams of (the effective order); 0 if
/// there is none. In [0, 1]; computed in doubles in sacrebleu's order.
[[nodiscard]] double chrf(std::string_view answer, std::string_view expected);

}  // namespace assay::judge
