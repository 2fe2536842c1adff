#pragma once
// The embedded judge: a GGUF file run by an engine process of our own, on the path that answers
// take, so that a verdict depends on the pair and the judge alone (docs/engine.md).

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// The judge that is file. Without reasoning it generates nothing: its verdict is read
/// from the probabilities of A, B and a tie word as the next token (labels.hpp). With it, it writes
/// reasoning and verdict under a grammar (verdict_grammar.hpp), greedily, at most max_tokens
/// for each of a <think> block and the reply. The texts of a pair are never read as control tokens.
/// Each pair should be judged in both orders: small judges prefer a place.
///
/// Fails on a file that is no model, a temperature, and a vocabulary without single-token labels.
/// Verdicts: ERROR for a pair whose prompt does not fit the context (ctx_size) or that the
/// engine died on twice; INVALID for a reply that was cut off, and for labels without probability.
/// Stops where the weights cannot be loaded. The weights are loaded with the first pair of a run
/// and are gone after its last.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_gguf_judge(const JudgeSpec& spec,
                                                             const Services& services,
                                                             Progress& progress);

}  // namespace assay::judge
