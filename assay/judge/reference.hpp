#pragma once
// The judge that needs no model: a metric of each answer with the expected one: SQuAD's token F1,
// ROUGE-L or chrF.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "assay/judge/judge.hpp"
#include "assay/judge/text_metrics.hpp"

namespace assay::judge {

/// Tokens of SQuAD's evaluation script (Rajpurkar et al. 2016, evaluate-v1.1.py, normalize_answer)
/// as CPython 3 computes them: str.lower(); ASCII punctuation removed; the words a, an, the
/// replaced by a space, where a word is a run of `\w` of Python's re (str.isalnum or '_'); split at
/// Unicode white space (str.split). `text` is valid UTF-8; a byte that is not counts as U+FFFD.
[[nodiscard]] std::vector<std::string> squad_tokens(std::string_view text);

/// 2 x |multiset intersection| / (length + length). If either side has no tokens: 1 if both have
/// none, else 0.
[[nodiscard]] Fraction token_f1(std::string_view answer, std::string_view expected);

/// `settings.metric` of both answers with the expected one (of several that are right, with the one
/// that fits best): A where A's is larger by more than
/// `settings.tie_band`, B where B's is, else TIE; confidence none. The band counts in whole
/// millionths. token_f1 and rouge_l are rationals and compared exactly; chrf's difference is
/// rounded to millionths first. A pair without expected answer is INVALID.
[[nodiscard]] Verdict reference_verdict(const MetricSettings& settings, const BlindedPair& pair);

/// The judge of a spec whose settings obey their rules (records/settings.hpp). Never fails.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_reference_judge(const JudgeSpec& spec,
                                                                  const Services& services,
                                                                  Progress& progress);

}  // namespace assay::judge
