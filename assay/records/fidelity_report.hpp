#pragma once
// What a report says of fidelity: plain figures, computed by analysis/fidelity.hpp from what was
// stored. Divergences, entropies and log-probabilities are in nats.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/fidelity.hpp"

namespace assay {

/// One answer of the baseline as one variant reads it. Of all its tokens.
struct AnswerDistance {
    std::int64_t n_tokens = 0;  ///< at least one
    double kld_sum = 0;
    double max_kld = 0;
    std::int64_t n_same_top = 0;         ///< tokens whose likeliest is the same for both
    double log_prob_difference_sum = 0;  ///< of the baseline's token: the variant's minus the
                                         ///< baseline's
    std::optional<Divergence> divergence;

    [[nodiscard]] double mean_kld() const { return kld_sum / static_cast<double>(n_tokens); }
    /// Tokens before the divergence, or all.
    [[nodiscard]] std::int64_t n_agreed() const {
        return divergence ? divergence->position : n_tokens;
    }
};

/// Where two answers differ for the first time, as a reader sees them.
struct TextDivergence {
    std::int64_t n_words = 0;  ///< whole words before it
    std::string baseline;      ///< the text from there on, cut; empty: the answer ends here
    std::string variant;
};

/// One variant's tokens, all its answers together.
struct VariantDistance {
    std::int64_t n_answers = 0;
    std::int64_t n_tokens = 0;
    Estimate mean_kld;         ///< of the tokens
    Estimate mean_answer_kld;  ///< of the answers' means: a short answer weighs as much as a long
                               ///< one
    double median_kld = 0;     ///< of the tokens, as the following
    double p90_kld = 0;
    double p99_kld = 0;
    double max_kld = 0;
    Estimate same_top;             ///< share of the tokens whose likeliest is the same for both
    Estimate log_prob_difference;  ///< mean over the tokens, the variant's minus the baseline's
    std::int64_t n_diverged = 0;   ///< answers with a divergence
    Estimate agreed_tokens;        ///< until the divergence, of the first `horizon` ones
    std::int64_t horizon = 0;
};

/// One served variant's tokens as far as its server and the baseline's told of them, up to and with
/// the first one that differs.
struct ToldDistance {
    std::int64_t n_answers = 0;
    std::int64_t n_tokens = 0;
    std::int64_t n_diverged = 0;  ///< answers whose tokens differ
    Estimate kld_at_least;        ///< mean over the tokens of a lower bound of the KL divergence
    Estimate same_top;            ///< share of the tokens whose likeliest is the same for both
};

struct VariantFidelity {
    std::string variant;
    std::string why;  ///< a sentence: why its tokens were not measured; empty: they were, or nobody
                      ///< asked
    std::optional<VariantDistance> tokens;
    std::optional<ToldDistance> told;  ///< where there are no `tokens`, and two servers told
    Estimate identical;     ///< share of the answers whose text is the baseline's byte for byte
    Estimate agreed_words;  ///< whole words until the texts differ, of the first `words_horizon`
                            ///< ones
    std::int64_t words_horizon = 0;
    std::int64_t n_answer_tokens = 0;    ///< of the variant's own answers
    std::int64_t n_verified_tokens = 0;  ///< of these: not written, but found equal while reading
};

/// What became of the questions whose answers are about as far from the baseline's.
struct KldFifth {
    double low = 0;  ///< smallest mean KLD of an answer
    double high = 0;
    Counts counts;
    Estimate lost;  ///< losses / n
};

/// The outcomes of one comparison by the mean KLD of its answers.
struct OutcomesByKld {
    std::string variant;
    std::string judge;
    std::vector<KldFifth> fifths;  ///< from the smallest KLD on; each with a fifth of the questions
    std::string meaning;           ///< sentences: what the two say together, never more
};

struct FidelityReport {
    std::optional<SelfReading> self_reading;  ///< of the baseline; empty: not measured
    std::vector<VariantFidelity> variants;    ///< all but the baseline
    std::vector<OutcomesByKld> by_kld;        ///< of the judge that decides; empty: not measured
};

}  // namespace assay
