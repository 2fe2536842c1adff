#pragma once
// Calibration of a judge to people who labelled a part of what it judged.

#include <cstdint>
#include <optional>
#include <span>

namespace assay::stats {

/// One observation.
struct CalibrationItem {
    double judge = 0;             ///< what the judge said; of a settled item, what is known
    std::optional<double> human;  ///< what people said; empty: not labelled
    bool settled = false;  ///< known without judge and people, such as a tie of identical answers
    std::int64_t cluster = 0;  ///< observations of one cluster depend on each other
};

struct CalibratedMean {
    double estimate = 0;
    double se = 0;
    double lambda = 0;  ///< weight of the judge: 0 its verdicts tell nothing of people's, 1 they
                        ///< count in full
    double df = 1;      ///< labelled clusters - 1
    double human_mean = 0;  ///< of the labelled
    double judge_on_labelled = 0;
    double judge_mean = 0;  ///< of those that only the judge judged
    std::int64_t n_labelled = 0;
    std::int64_t n_judge_only = 0;
    std::int64_t n_settled = 0;
};
/// The mean that people would give to all observations, if the labelled ones are a random sample of
/// those that are not settled; unbiased whatever the judge is like (prediction-powered inference,
/// Angelopoulos et al. 2023a, with the tuned weight of PPI++, 2023b). Of those that are not
/// settled, n labelled and N judged only:
///     lambda mean_N(judge) + mean_n(human - lambda judge),
///     lambda = cov(human, judge) / ((1 + n / N) var(judge))
///
/// and the settled ones join with their share. The standard error is that of the estimate's linear
/// form, summed over clusters before it is squared; each part has its own G / (G - 1). With
/// clusters of one and nothing settled it is that of stats::ppi_mean, sqrt(lambda^2 s^2(judge) / N
/// + s^2(human - lambda judge) / n). Nothing with fewer than two labelled, or two judged only, or
/// where all of either are of one cluster.
[[nodiscard]] std::optional<CalibratedMean> calibrated_mean(std::span<const CalibrationItem> items);

}  // namespace assay::stats
