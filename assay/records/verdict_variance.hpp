#pragma once
// How the verdicts of one judge on one variant vary, and what would be the cheapest way to settle
// what they leave open.

#include <cstdint>
#include <optional>
#include <string>

namespace assay {

/// Of fewer questions neither variance nor covariances say enough to plan with.
inline constexpr std::int64_t kFewestForVariance = 30;

/// The variance of a verdict (win +1, tie 0, loss -1), and the covariances of two verdicts of one
/// question by the first thing in which they differ: sample, judge, order, repeat.
struct VerdictVariance {
    std::int64_t n_questions = 0;  ///< with a verdict
    std::optional<double> v;       ///< of a verdict; empty: not measured, and `why` says why
    std::optional<double> repeat;  ///< of two that differ in the repeat alone; empty, as the
                                   ///< following: there are no such pairs
    std::optional<double> order;
    std::optional<double> judge;
    std::optional<double> sample;
    std::optional<double> variance_of_question_mean;  ///< as the questions were asked about
    double equal_share = 0;     ///< of the pairs of answers: equal, so that no judge is asked
    std::optional<double> icc;  ///< of two questions of one cluster, not below 0; empty: no
                                ///< clusters
    std::string why;            ///< a sentence without a full stop

    /// Of two such verdicts; empty where there are none, or where no verdict differs.
    [[nodiscard]] std::optional<double> correlation(
        std::optional<double> VerdictVariance::*covariance) const {
        const std::optional<double>& c = this->*covariance;
        return v && *v > 0 && c ? std::optional(*c / *v) : std::nullopt;
    }
};

/// Another way of asking about the same questions, which would settle them.
struct SameQuestions {
    int n_samples = 1;  ///< of each question, in all
    bool both_orders = false;
    std::int64_t n_calls = 0;  ///< further ones
    double chance = 0;         ///< of "equivalent or non-inferior", if the two are truly alike
    /// New questions that would show it in a run of their own, asked about in this way; empty: out
    /// of reach.
    std::optional<std::int64_t> n_new{};
};

/// What settles an inconclusive variant with the wanted power, if the two are truly alike.
struct NextStep {
    std::optional<SameQuestions> same;   ///< the cheapest; empty: nothing on these questions does
    std::optional<std::int64_t> n_more;  ///< further questions, asked about as these were;
                                         ///< empty: out of reach
    std::optional<std::int64_t> n_more_calls;  ///< of these
    std::optional<std::int64_t> n_new;         ///< new ones in a run of their own, likewise
    bool calls_cost_nothing = false;
    std::string words;       ///< what would show it, without a full stop
    std::string to_confirm;  ///< the new questions, likewise
    std::string no_samples;  ///< a sentence without a full stop: why samples are no option; empty:
                             ///< they are
};

}  // namespace assay
