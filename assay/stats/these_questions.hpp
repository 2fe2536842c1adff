#pragma once
// A claim about exactly the questions that were asked: the mean over them of the verdict that a
// judge is expected to give. How much questions differ from each other plays no part, so the
// interval is narrow, and it says nothing of other questions.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

/// se = sqrt(V + 1) / n: V is the variance of the sum of the question means, and 1 a question more
/// whose verdict is not known, so that a judge that never says two things has no width of 0. The
/// interval is estimate -+ z_{1-alpha} se, cut to [-1, 1].
struct TheseQuestions {
    double estimate = 0;
    double se = 0;
    std::int64_t questions_with_a_difference = 0;  ///< not all of their verdicts are the same
    double low = -1;
    double high = 1;
};

/// What one judge said of one question, in [-1, 1] from the variant's side.
struct VerdictsOfOrders {
    double variant_first = 0;
    double variant_second = 0;
};
/// From both orders by each of J judges: V = sum over questions and judges of (first - second)^2 /
/// (4 J^2). Conservative: what the order itself does counts as noise. `questions` holds a
/// question's judges; alpha one-sided, in (0, 0.5). Nothing without a question, or where one has no
/// judge.
[[nodiscard]] std::optional<TheseQuestions> these_questions_of_orders(
    std::span<const std::vector<VerdictsOfOrders>> questions, double alpha);

/// From k_i verdicts of each question about fresh answers: V = sum over questions of s_i^2 / k_i.
/// `questions` holds a question's verdicts in [-1, 1]. Nothing without a question, or where one has
/// fewer than two: then nothing shows how they vary.
[[nodiscard]] std::optional<TheseQuestions> these_questions_of_samples(
    std::span<const std::vector<double>> questions, double alpha);

/// What decides about exactly these questions. The interval above errs too often on few questions:
/// a verdict that is seldom lost is mostly not seen at all, and the normal approximation knows no
/// skewness (validation.md, W13). So its limits are moved outwards, to
///
///     net -+ (z sqrt(V + 1) + 2 (z^2 + 2) / (3 k)) / n,    k: fewest verdicts of a question.
///
/// With verdicts in [-1, 1] one draw moves the sum of the question means by at most 2 / k. If all
/// draws that are not as usual do that and are rare, their number X is Poisson, V = X (2 / k)^2,
/// and X + z sqrt(X + 1) + (z^2 + 2) / 3 is the Cornish-Fisher expansion of the exact limit
/// (Garwood 1936, Biometrika 28:437; Johnson, Kotz, Kemp 1992, 4.7.3). No distribution of verdicts
/// is more skewed for its variance, so the error is at most alpha whatever they are like.
struct QuestionNoise {
    std::int64_t n = 0;   ///< questions
    double sum = 0;       ///< of their means
    double variance = 0;  ///< V: of that sum
    std::int64_t k = 2;   ///< fewest independent verdicts of a question, >= 2
};
/// Of both orders by one judge, k = 2. Nothing without a question.
[[nodiscard]] std::optional<QuestionNoise> noise_of_orders(
    std::span<const VerdictsOfOrders> questions);
/// Of several verdicts about fresh answers, in [-1, 1]. Nothing without a question, or where one
/// has fewer than two.
[[nodiscard]] std::optional<QuestionNoise> noise_of_samples(
    std::span<const std::vector<double>> questions);

/// One-sided limits at alpha in (0, 0.5), in [-1, 1].
[[nodiscard]] double lower_limit(const QuestionNoise& noise, double alpha);
[[nodiscard]] double upper_limit(const QuestionNoise& noise, double alpha);
/// p values of "the net win rate is at most delta", and of "it is at least delta": below alpha
/// exactly where the limit at alpha lies beyond delta. delta in (-1, 1).
[[nodiscard]] double p_above(const QuestionNoise& noise, double delta);
[[nodiscard]] double p_below(const QuestionNoise& noise, double delta);

}  // namespace assay::stats
