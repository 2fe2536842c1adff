#include "assay/report/divergence_text.hpp"

#include <fmt/format.h>

#include "assay/base/text.hpp"
#include "assay/report/figures.hpp"

namespace assay::report {
namespace {

std::string token_words(const std::string& bytes) {
    return bytes.empty() ? "the end" : in_quotes(bytes);
}

std::string text_words(const std::string& text) {
    return text.empty() ? "the end" : in_quotes(text);
}

}  // namespace

std::string nats(double value) {
    return fmt::format("{:.3g}", value);
}

std::string divergence_words(const AnswerDistance& distance) {
    if (!distance.divergence) {
        return fmt::format("none: the variant would have written all {} tokens", distance.n_tokens);
    }
    const Divergence& d = *distance.divergence;
    return fmt::format(
        "after {} of {} tokens: {} (baseline {}, variant {}), with the variant {} ({}, {})",
        d.position,
        distance.n_tokens,
        token_words(d.text_baseline),
        percent(d.baseline_of_baseline),
        percent(d.variant_of_baseline),
        token_words(d.text_variant),
        percent(d.baseline_of_variant),
        percent(d.variant_of_variant));
}

std::string divergence_words(const TextDivergence& divergence) {
    if (divergence.baseline == divergence.variant) {
        return fmt::format("after {} words, in white space", divergence.n_words);
    }
    return fmt::format("after {} words: {}, with the variant {}",
                       divergence.n_words,
                       text_words(divergence.baseline),
                       text_words(divergence.variant));
}

}  // namespace assay::report
