#pragma once
// How many samples (fresh answer pairs) a question needs, from what the first ones showed. Only
// moments that ignore the sign of a verdict are used, so the choice does not lean towards a label.

#include <cstdint>
#include <optional>

namespace assay::stats {

/// What the samples are to show with the wanted power, if the two are truly alike.
enum class SamplesGoal {
    kShip,        ///< equivalent or non_inferior
    kEquivalent,  ///< equivalent
};

struct SamplesRule {
    std::int64_t n = 0;       ///< questions, >= 1
    double margin = 0.1;      ///< > 0
    double alpha_end = 0.04;  ///< one-sided, of the decision after all samples, in (0, 0.5)
    double power = 0.8;       ///< in (0, 1)
    SamplesGoal goal = SamplesGoal::kShip;
    std::int64_t most = 8;             ///< samples of a question at most, >= 2
    double cluster_design_effect = 1;  ///< >= 1: of clusters of questions, as planned
};
struct SampleMoments {
    double second_moment = 0;  ///< mean of Y^2, in [0, 1]
    double product = 0;        ///< mean product of two verdicts of a question; is cut to [0,
                               ///< second_moment]
};
struct ChosenSamples {
    double target = 0;      ///< the variance of a question mean that has the wanted power
    std::int64_t k = 2;     ///< samples of a question
    bool reachable = true;  ///< k samples reach the target
    /// Where they do not: the questions that would, with k samples each.
    std::optional<std::int64_t> questions_needed;
};
/// target = n m^2 / (z_{1-alpha_end} + z_g)^2 / design effect, g = power (ship) or (1 + power) / 2
/// (equivalent); k = ceil((second_moment - product) / (target - product)), in [2, most].
[[nodiscard]] ChosenSamples choose_samples(const SampleMoments& moments, const SamplesRule& rule);

/// The cheapest number of calls of a question where further questions can be had: max(1,
/// round(sqrt(question / call (1 - rho) / rho))). `cost_of_question` >= 0 (what a question costs
/// beside its calls), `cost_of_call` > 0, rho: the correlation of two verdicts of a question, at
/// most 1. Nothing for rho <= 0: each further call is as good as a further question.
[[nodiscard]] std::optional<std::int64_t> cheapest_calls_of_question(double cost_of_question,
                                                                     double cost_of_call,
                                                                     double rho);

}  // namespace assay::stats
