#pragma once
// What a question's verdicts have in common: the covariances of two verdicts of one question, the
// variance of the question's mean under any design that is made of such calls, and what that design
// can show. A call is one asking of a judge about one answer pair: sample (which pair of answers),
// judge, order (which answer is shown first) and repeat.
//
// The ladder: two calls of a question stand as near as the first thing in which they differ, in the
// sequence sample, judge, order, repeat. Two that differ in the repeat alone are nearest; fresh
// answers share nothing but the question.

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/stats/mean_design.hpp"

namespace assay::stats {

struct Call {
    std::int64_t sample = 0;
    std::int64_t judge = 0;
    std::int64_t order = 0;
    std::int64_t repeat = 0;
    bool operator==(const Call&) const = default;
};
/// A call and what the judge said: +1, 0 or -1 from the variant's side.
struct CallVerdict {
    Call call;
    int verdict = 0;
};

/// Estimates of the variance of a verdict and of the covariances of two verdicts of one question.
/// c0 = net^2 - s_y^2 / n, v = mean over the questions of the mean Y^2, minus c0, and each
/// covariance the mean, over the questions that have such pairs, of their mean product, minus c0.
/// Unbiased where every question has the same calls; a judge's liking for one position cancels
/// where both orders are as frequent.
struct CovarianceLadder {
    double estimate = 0;  ///< net: the mean of the question means
    std::int64_t n_questions = 0;
    /// s_y^2, with n - 1. Nothing for one question, and then none of the others either.
    std::optional<double> variance_of_question_mean;
    std::optional<double> v;       ///< of a verdict
    std::optional<double> repeat;  ///< of two that differ in the repeat alone; nothing: no such
                                   ///< pair
    std::optional<double> order;   ///< in the order, and perhaps the repeat
    std::optional<double> judge;   ///< in the judge, and perhaps in what follows
    std::optional<double> sample;  ///< in the answers, and perhaps in what follows
};
/// A question without a call is left out. Nothing where none has one. Every two calls of a question
/// must differ (ASSAY_CHECK). Time: calls of a question squared.
[[nodiscard]] std::optional<CovarianceLadder> covariance_ladder(
    std::span<const std::vector<CallVerdict>> questions);

/// What a plan takes for the variance of a verdict and for the covariances; none below 0.
struct Covariances {
    double v = 0.6;
    double repeat = 0.54;
    double order = 0.48;
    double judge = 0.3;
    double sample = 0.09;
};
/// Expected correlations of two verdicts of a question, before anything was measured. Assumptions:
/// models and judges differ. Of the same prompt asked again;
inline constexpr double kRepeatCorrelation = 0.9;
/// in the other order: that of a judge which changes 10 to 15 % of its verdicts when the answers
/// change places;
inline constexpr double kOrderCorrelation = 0.8;
/// of two judges on one pair of answers;
inline constexpr double kJudgeCorrelation = 0.5;
/// of two samples: 0 where the two models write alike, more the more a part of the questions is
/// damaged.
inline constexpr double kSampleCorrelation = 0.15;
/// These shares of v >= 0.
[[nodiscard]] Covariances assumed_covariances(double v);
/// What a pilot measured; the assumed share of v where it has no such pairs, and 0 for what is
/// below 0. Nothing without a variance.
[[nodiscard]] std::optional<Covariances> covariances_of(const CovarianceLadder& ladder);

/// Variance of the mean of a question's verdicts under a design: the mean over all ordered pairs of
/// its calls of their covariance (of a call with itself: v). At least one call, all different
/// (ASSAY_CHECK). Covariances below 0 count as 0.
[[nodiscard]] double variance_of_question_mean(const Covariances& covariances,
                                               std::span<const Call> calls);

struct DesignPlan {
    double variance_of_question_mean = 0;
    double power_equivalent = 0;
    double power_ship = 0;
    std::optional<std::int64_t> questions_equivalent;  ///< nothing: out of reach
    std::optional<std::int64_t> questions_ship;        ///< likewise
};
/// What a design shows that asks these calls of each of n >= 1 questions, and the questions it
/// needs for the wanted power in (0, 1). `mean.variance` is not read: it comes from the calls.
[[nodiscard]] DesignPlan design_plan(const Covariances& covariances,
                                     std::span<const Call> calls,
                                     std::int64_t n,
                                     MeanDesign mean,
                                     double power);

}  // namespace assay::stats
