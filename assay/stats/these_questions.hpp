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

}  // namespace assay::stats
