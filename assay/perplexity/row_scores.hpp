#pragma once
// From rows of logits to what is known of one token, in two arithmetics (records/text_token.hpp).
//
// A row has one logit for each token of the vocabulary. It is usable if its largest logit and the
// sum of its exponentials are finite: minus infinity is allowed, NaN and infinity are not. Every
// function gives nothing for a row that is not usable, or where a figure would not be finite.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/records/text_token.hpp"

namespace assay::perplexity {

/// A baseline's row in exact arithmetic. It keeps its memory from row to row.
class ExactRow {
 public:
    /// Reads a row, which must outlive the calls below. False if it is not usable.
    [[nodiscard]] bool read(std::span<const float> logits);

    /// -log of the token's probability.
    [[nodiscard]] std::optional<double> nll(std::int32_t token) const;
    /// The variant's row, of the same size, compared with this one. Equal rows have a divergence of
    /// exactly 0.
    [[nodiscard]] std::optional<TextToken> compare(std::span<const float> variant,
                                                   std::int32_t token) const;

 private:
    std::span<const float> logits_;
    std::vector<double> weights_;  ///< e^(logit - largest)
    double sum_ = 0;               ///< of the weights
    double log_total_ = 0;         ///< log of the sum of e^logit
    std::int32_t top_ = 0;
};

/// Values of a row of llama-perplexity's base file, of 16 bits each: two floats (scale, smallest
/// log-probability), then one value for each token, and one more where the vocabulary is odd.
[[nodiscard]] constexpr std::size_t n_row_values(std::size_t n_vocab) {
    return 2 * ((n_vocab + 1) / 2) + 4;
}

/// -log of the token's probability, as llama-perplexity has it where it writes no base file.
[[nodiscard]] std::optional<double> compatible_nll(std::span<const float> logits,
                                                   std::int32_t token);
/// Fills `row`, of n_row_values, with the baseline's log-probabilities, and gives -log of the
/// token's probability as llama-perplexity has it where it writes a base file.
[[nodiscard]] std::optional<double> write_compatible_row(std::span<const float> logits,
                                                         std::int32_t token,
                                                         std::span<std::uint16_t> row);
/// A variant's row compared with what write_compatible_row wrote of the baseline's.
[[nodiscard]] std::optional<TextToken> compare_compatible(std::span<const float> logits,
                                                          std::int32_t token,
                                                          std::span<const std::uint16_t> row);

}  // namespace assay::perplexity
