#pragma once
// Divergences in words, the same in a report and in a trace.

#include <string>

#include "assay/records/fidelity_report.hpp"

namespace assay::report {

/// 'after 12 of 57 tokens: " Yes" (baseline 61.0 %, variant 33.0 %), with the variant " No" (20.0
/// %, 52.0 %)'; "none: the variant would have written all 57 tokens". Tokens are in quotes
/// (base/text.hpp), but for one that ends the answer: "the end".
[[nodiscard]] std::string divergence_words(const AnswerDistance& distance);
/// 'after 12 words: "red fox", with the variant "real fox"'; where nothing but white space is to be
/// seen, that.
[[nodiscard]] std::string divergence_words(const TextDivergence& divergence);
/// "0.0123", three digits that mean something.
[[nodiscard]] std::string nats(double value);

}  // namespace assay::report
