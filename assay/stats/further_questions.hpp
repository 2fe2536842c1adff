#pragma once
// How many questions would settle the margin if the two are truly alike, from the question means
// seen so far.

#include <cstdint>
#include <optional>
#include <span>

#include "assay/stats/value_count.hpp"

namespace assay::stats {

struct FurtherQuestionsRule {
    double margin = 0.1;               ///< > 0
    double alpha = 0.05;               ///< one-sided, in (0, 0.5)
    double power = 0.8;                ///< in (0, 1)
    double cluster_design_effect = 1;  ///< >= 1: of clusters of questions
};
/// Numbers of questions; nothing: out of reach.
struct FurtherQuestions {
    double second_moment = 0;                          ///< (sum y^2 + 1) / (n + 2) x design effect
    std::optional<std::int64_t> questions_ship;        ///< in all, for equivalent or non_inferior
    std::optional<std::int64_t> questions_equivalent;  ///< in all, for equivalent
    std::optional<std::int64_t> more_ship;             ///< beyond those there are; 0: enough
    std::optional<std::int64_t> more_equivalent;
};
/// ceil((z_{1-alpha} + z_g)^2 second moment / m^2), g = power for ship and (1 +
/// power) / 2 for equivalent: as planned at a net win rate of 0. Nothing without a question.
[[nodiscard]] std::optional<FurtherQuestions> further_questions(
    std::span<const ValueCount> question_means, const FurtherQuestionsRule& rule);

}  // namespace assay::stats
