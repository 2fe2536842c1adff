#pragma once
// The judge that needs no model: SQuAD's token F1 of each answer with the expected one. Its tie band of 1/20 is
// compared exactly.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// A rational in [0, 1]; denominator > 0, not reduced.
struct TokenF1 {
    std::int64_t numerator = 0;
    std::int64_t denominator = 1;
};

/// Tokens of SQuAD's evaluation script (Rajpurkar et al. 2016, evaluate-v1.1.py, normalize_answer) as CPython 3
/// computes them: str.lower(); ASCII punctuation removed; the words a, an, the replaced by a space, where a word is a
/// run of `\w` of Python's re (str.isalnum or '_'); split at Unicode white space (str.split). `text` is valid UTF-8; a
/// byte that is not counts as U+FFFD.
[[nodiscard]] std::vector<std::string> squad_tokens(std::string_view text);

/// 2 x |multiset intersection| / (length + length). If either side has no tokens: 1 if both have none, else 0.
[[nodiscard]] TokenF1 token_f1(std::string_view answer, std::string_view expected);

/// A where F1(A) - F1(B) > 1/20, B where it is < -1/20, else TIE; confidence none. A pair without expected answer is
/// INVALID.
[[nodiscard]] Verdict reference_verdict(const BlindedPair& pair);

[[nodiscard]] Result<std::unique_ptr<Judge>> make_reference_judge(const JudgeSpec& spec,
                                                                  const Services& services,
                                                                  Progress& progress);

}  // namespace assay::judge
