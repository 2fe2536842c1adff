#pragma once

#include <cstdint>

namespace assay {

/// One scored token of a text, as the baseline and a variant see it. All logarithms are natural.
struct TextToken {
    double nll = 0;         ///< -log of the probability that the variant gives to the token
    double nll_base = 0;    ///< the same of the baseline
    double kld = 0;         ///< KL divergence of the variant's distribution from the baseline's
    double p_diff = 0;      ///< the variant's probability of the token less the baseline's, -1 to 1
    bool same_top = false;  ///< both find the same token likeliest

    [[nodiscard]] bool operator==(const TextToken&) const = default;
};

/// How rows of logits are turned into figures.
///   - exact: double precision, over the whole vocabulary.
///   - compatible: llama-perplexity's single precision, with the baseline's log-probabilities cut
///     off 16 nats below the largest and kept in 16 bits, so that its printed digits come out.
enum class Arithmetic { kExact, kCompatible };

}  // namespace assay
