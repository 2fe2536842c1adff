#pragma once
// Sensitivity analyses of the net win rate: calibration of a judge to people, and answer length.

#include <optional>
#include <span>
#include <vector>

namespace assay::stats {

/// Prediction-powered mean (Angelopoulos et al. 2023): unbiased for the people's mean, whatever the
/// judge is like.
struct PpiMean {
    double estimate = 0;  ///< mean of the judge on the unlabelled + mean(human - judge) on the
                          ///< labelled
    double se = 0;
    double human_only = 0;
    double human_se = 0;
    double judge_only = 0;  ///< mean of the judge on the unlabelled
    double lambda = 0;      ///< tuned weight cov(human, judge) / ((1 + n / N) var(judge)); 0 for a
                            ///< constant judge
    double estimate_tuned = 0;
    double se_tuned = 0;
};
/// Disjoint sets; judge_labelled[i] and human_labelled[i] are of the same item. Nothing with fewer
/// than two items in either set.
[[nodiscard]] std::optional<PpiMean> ppi_mean(std::span<const double> judge_unlabelled,
                                              std::span<const double> judge_labelled,
                                              std::span<const double> human_labelled);

/// Fractional logit y ~ 1 + tanh(delta_len / sd) + position with HC0 sandwich errors: the net win
/// rate at equal length.
struct LengthControlled {
    std::vector<double> coefficients;  ///< constant, length, position (left out without positions)
    std::vector<double> se;
    double score = 0.5;  ///< logistic(constant)
    double net = 0;      ///< 2 score - 1
    double net_se = 0;   ///< delta method
};
/// y in [0, 1] (0, 1/2, 1: loss, tie, win); delta_length: candidate's minus reference's; position:
/// +1/2 candidate first, -1/2 second, or an empty span. Nothing where no finite unique maximum is
/// found: separation, equal lengths, fewer observations than coefficients.
[[nodiscard]] std::optional<LengthControlled> length_controlled(
    std::span<const double> y,
    std::span<const double> delta_length,
    std::span<const double> position);

}  // namespace assay::stats
