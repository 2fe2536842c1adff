#pragma once
// Figures of fidelity facts (docs/fidelity.md). Pure. They inform; none of them decides.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/records/fidelity_report.hpp"
#include "assay/records/question.hpp"

namespace assay::analysis {

/// An answer that was read: its figures, and each token's divergence.
struct ReadAnswer {
    AnswerDistance distance;
    std::vector<double> kld;  ///< as many as tokens
};
/// It has tokens.
[[nodiscard]] ReadAnswer read_answer(const AnswerFidelity& fidelity);

/// Numbers of what the questions depend on: their cluster or, where they name none, themselves.
/// From 0 in the order in which they first come.
[[nodiscard]] std::vector<std::int64_t> clusters_of(std::span<const Question> questions);

/// Of one variant, by question; empty: not read. `clusters`: of each question. Nothing where none
/// was read.
///
/// Means of tokens are ratios of sums, sum of all tokens' values / number of tokens, with the CR1
/// standard error by clusters of questions and Student's t with (effective clusters - 1) degrees of
/// freedom (statistics.md, "Clusters"). Shares are Wilson's of counts divided by the design effect.
/// agreed_tokens is the restricted mean of stats/restricted_mean.hpp, where an answer without a
/// divergence is censored at its end; its horizon is the length that a tenth of the answers reach.
[[nodiscard]] std::optional<VariantDistance> distance_of(
    std::span<const std::optional<ReadAnswer>> answers, std::span<const std::int64_t> clusters);

/// Two answers to one question, as texts.
struct TextPair {
    bool identical = false;
    std::int64_t n_words = 0;         ///< of the baseline's
    std::int64_t n_agreed_words = 0;  ///< before they differ
};
/// Fills `identical`, `agreed_words` and `words_horizon`, in the same manner. By question; empty:
/// one of the two is missing.
void add_texts(VariantFidelity& out,
               std::span<const std::optional<TextPair>> pairs,
               std::span<const std::int64_t> clusters);

}  // namespace assay::analysis
