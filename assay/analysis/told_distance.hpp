#pragma once
// How far a served variant is from a served baseline, as far as their servers told
// (docs/fidelity.md, "Served models"). Pure. It informs; it does not decide.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/records/fidelity_report.hpp"
#include "assay/records/told_tokens.hpp"

namespace assay::analysis {

/// Two answers to one question, token by token up to and with the first one that differs: until
/// there both were written behind the same text.
struct ToldPair {
    std::int64_t n_tokens = 0;    ///< compared
    std::int64_t n_same_top = 0;  ///< of these, tokens whose likeliest candidate is the same
    double kld_at_least_sum = 0;  ///< nats
    bool differs = false;         ///< a token differs, or one of the answers ends earlier
};

/// A lower bound of the KL divergence of the variant from the baseline at one token, in nats: that
/// of the distributions over the candidates that both lists have and one event for all other
/// tokens. To join events never makes the divergence larger (the log sum inequality: Cover and
/// Thomas, Elements of Information Theory, 2nd ed., theorem 2.7.1).
[[nodiscard]] double kld_at_least(std::span<const ToldCandidate> baseline,
                                  std::span<const ToldCandidate> variant);

/// Nothing where one of them has no token.
[[nodiscard]] std::optional<ToldPair> compare_told(std::span<const ToldToken> baseline,
                                                   std::span<const ToldToken> variant);

/// Of one variant, by question; empty: not told. `clusters`: of each question. Nothing where none
/// was told. Mean and share as distance_of has them (fidelity.hpp).
[[nodiscard]] std::optional<ToldDistance> told_distance_of(
    std::span<const std::optional<ToldPair>> pairs, std::span<const std::int64_t> clusters);

}  // namespace assay::analysis
