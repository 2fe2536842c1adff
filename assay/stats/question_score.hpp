#pragma once
// Score statistic and interval for the net win rate where a question has several verdicts: both
// orders, several samples, several judges. Each question gives one value, the mean of its verdicts,
// and every question has the same weight.
//
// The variance at a hypothetical mean is that of the constrained nonparametric maximum likelihood
// estimate (Owen 1988, Biometrika 75:237), with mass allowed at the end of [-1, 1] that was not
// observed. If all values are -1, 0 or 1 it is Tango's score (tango.hpp). Dividing counts of
// verdicts by a design effect instead is too liberal where a few questions are always lost
// (docs/validation.md, W5).

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "assay/stats/equivalence.hpp"
#include "assay/stats/tango.hpp"
#include "assay/stats/value_count.hpp"

namespace assay::stats {

/// Z of H0: mean = delta, decreasing in delta; 0 where the mean is delta. Values in [-1, 1] with
/// counts > 0; delta in (-1, 1). Nothing without a value.
[[nodiscard]] std::optional<double> question_score_z(std::span<const ValueCount> values,
                                                     double delta);

/// The limits are the roots of Z(low) = +critical and Z(high) = -critical; low = -1 if every value
/// is -1, high = 1 if every value is 1. critical > 0. Nothing without a value.
[[nodiscard]] std::optional<NetInterval> question_score_interval(std::span<const ValueCount> values,
                                                                 double critical);

/// What the questions showed.
struct QuestionMeans {
    std::vector<ValueCount> values;  ///< ascending, each value once
    double design_effect = 1;        ///< of questions that depend on each other; > 0
    double df = kNormal;             ///< of Student's t: clusters or questions - 1; kNormal where
                                     ///< each question has one verdict and none depend on others
};
[[nodiscard]] std::int64_t n_of(std::span<const ValueCount> values);
/// Of at least one value.
[[nodiscard]] double mean_of(std::span<const ValueCount> values);
/// Sum over the questions of (value - mean)^2.
[[nodiscard]] double squares_of(std::span<const ValueCount> values);

/// The three below are those of equivalence.hpp. Nothing without a question.
[[nodiscard]] std::optional<TostResult> tost_score(const QuestionMeans& questions, double margin);
[[nodiscard]] std::optional<NetInterval> deciding_interval(const QuestionMeans& questions,
                                                           double alpha);
[[nodiscard]] std::optional<double> smallest_equivalence_margin(const QuestionMeans& questions,
                                                                double alpha);

}  // namespace assay::stats
