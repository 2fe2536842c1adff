#pragma once
// How far a variant is from the baseline on the baseline's own answers, token by token.
//
// The variant reads a prompt and then the baseline's answer, on the path on which it writes: every
// row of logits has the bits that it would have had if the variant had written these tokens
// (docs/fidelity.md). All logarithms are natural: log-probabilities, divergences and entropies are
// in nats, over the whole vocabulary, of the model before the repeat penalty and temperature.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace assay {

/// One token of the baseline's answer; its end token is one of them where the answer has one.
struct TokenFidelity {
    std::int32_t token = 0;         ///< that the baseline wrote here
    std::int32_t top_baseline = 0;  ///< the likeliest of the baseline; another one than `token`
                                    ///< only if penalty, temperature or a grammar chose
    std::int32_t top_variant = 0;   ///< the likeliest of the variant
    double kld = 0;                 ///< KL divergence of the variant from the baseline, at least 0
    double log_prob_baseline = 0;   ///< of `token`
    double log_prob_variant = 0;
    int rank = 1;                 ///< of `token` among the variant's: 1 plus how many are likelier
    double entropy_baseline = 0;  ///< of the whole distribution
    double entropy_variant = 0;

    [[nodiscard]] bool top_agrees() const { return top_baseline == top_variant; }
};

/// Where the variant would have written another token than the baseline for the first time, after
/// the same tokens.
struct Divergence {
    int position = 0;  ///< in the baseline's tokens, from 0
    std::int32_t token_baseline = 0;
    std::int32_t token_variant = 0;
    std::string text_baseline;  ///< bytes of the token; empty for an end token
    std::string text_variant;
    double baseline_of_baseline = 0;  ///< probability (0 to 1) of the baseline's token, with the
                                      ///< baseline
    double variant_of_baseline = 0;   ///< of the baseline's token, with the variant
    double baseline_of_variant = 0;   ///< of the variant's token, with the baseline
    double variant_of_variant = 0;    ///< of the variant's token, with the variant
};

/// One answer of the baseline as one variant reads it.
struct AnswerFidelity {
    std::string question_id;
    std::vector<TokenFidelity> tokens;     ///< at least one
    std::optional<Divergence> divergence;  ///< nothing: the variant would have written all of it
};

/// The baseline, reading answers of its own: what else than weights makes a difference here.
struct SelfReading {
    int n_answers = 0;
    std::int64_t n_tokens = 0;
    std::int64_t n_exact = 0;  ///< whose divergence is exactly 0 and whose chosen token is the one
                               ///< that was written
    double mean_kld = 0;       ///< the noise floor: exactly 0 where the path is proven

    [[nodiscard]] bool exact() const { return n_tokens > 0 && n_exact == n_tokens; }
};

}  // namespace assay
