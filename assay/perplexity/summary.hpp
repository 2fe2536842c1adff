#pragma once
// From the tokens of a text to the figures of a variant. Definitions are llama-perplexity's
// (llama.cpp v0.5.0, tools/perplexity/perplexity.cpp).

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "assay/records/text_token.hpp"

namespace assay::perplexity {

/// A figure with two standard errors.
struct Figure {
    double value = 0;
    double error = 0;  ///< llama-perplexity's: as if tokens were independent; 0 for 10 and fewer
    std::optional<double> chunk_error{};  ///< tokens of one chunk may depend on each other in any
                                          ///< way (CR1 over chunks); nothing for one chunk
};

/// A share of the tokens, and the value that this share does not exceed.
struct Percentile {
    std::string_view name;  ///< "99.9%", "median", "maximum"
    double value = 0;
};

/// A variant on a text.
struct TextSummary {
    std::int64_t n_tokens = 0;  ///< that were scored
    std::int64_t n_chunks = 0;
    Figure ppl;              ///< e^(mean nll) of the variant
    Figure ppl_base;         ///< of the baseline
    Figure log_ratio;        ///< ln(ppl / ppl_base)
    Figure ratio;            ///< ppl / ppl_base
    Figure ppl_diff;         ///< ppl - ppl_base
    double correlation = 0;  ///< of the tokens' nll under both, -1 to 1; 0 where one does not vary
    Figure kld;              ///< mean KL divergence, in nats a token
    std::vector<Percentile> kld_percentiles{};  ///< from the largest to the smallest
    Figure p_diff;      ///< mean difference of the tokens' probabilities, -1 to 1
    Figure rms_p_diff;  ///< root of its mean square
    std::vector<Percentile> p_diff_percentiles{};
    Figure same_top;  ///< share of tokens where both find the same token likeliest
};

/// Sums over tokens, for figures as they stand after any number of them. In compatible arithmetic
/// single products are of single precision, as llama-perplexity's.
class TextSums {
 public:
    explicit TextSums(Arithmetic arithmetic) : arithmetic_(arithmetic) {}
    void add(const TextToken& token);

    [[nodiscard]] std::int64_t n() const { return n_; }
    [[nodiscard]] Figure mean_nll() const { return mean(nll_, nll2_); }
    [[nodiscard]] Figure mean_nll_base() const { return mean(nll_base_, nll_base2_); }
    [[nodiscard]] Figure ppl() const { return exponential(mean_nll()); }
    [[nodiscard]] Figure ppl_base() const { return exponential(mean_nll_base()); }
    /// Of the two means; 0 for fewer than 10 tokens.
    [[nodiscard]] double covariance() const;
    /// The errors of these three are not a number where rounding makes their variance negative, as
    /// llama-perplexity's.
    [[nodiscard]] Figure log_ratio() const;
    [[nodiscard]] Figure ratio() const { return exponential(log_ratio()); }
    [[nodiscard]] Figure ppl_diff() const;
    [[nodiscard]] Figure kld() const { return mean(kld_, kld2_); }
    [[nodiscard]] Figure p_diff() const { return mean(p_diff_, p_diff2_); }
    /// Its error is not a number where all differences are 0, as llama-perplexity's.
    [[nodiscard]] Figure rms_p_diff() const;
    [[nodiscard]] Figure same_top() const;

 private:
    [[nodiscard]] Figure mean(double sum, double sum_of_squares) const;
    [[nodiscard]] static Figure exponential(const Figure& logarithm);

    Arithmetic arithmetic_;
    std::int64_t n_ = 0, n_same_top_ = 0;
    double nll_ = 0, nll2_ = 0, nll_base_ = 0, nll_base2_ = 0, nll_nll_base_ = 0;
    double kld_ = 0, kld2_ = 0, p_diff_ = 0, p_diff2_ = 0, p_diff4_ = 0;
};

/// `tokens` of all chunks, in order, `n_per_chunk` each; at least one.
[[nodiscard]] TextSummary summarize(std::span<const TextToken> tokens,
                                    std::int64_t n_per_chunk,
                                    Arithmetic arithmetic);

/// e^(mean nll) of the baseline alone, with both errors.
[[nodiscard]] Figure perplexity_of(std::span<const double> nll, std::int64_t n_per_chunk);

}  // namespace assay::perplexity
