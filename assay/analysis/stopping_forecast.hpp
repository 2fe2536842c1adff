#pragma once
// Where early stopping can be expected to stop: the product's own monitor on simulated verdicts.

#include <cstdint>
#include <string>
#include <vector>

#include "assay/analysis/design.hpp"

namespace assay::analysis {

/// Beyond this many questions nothing is simulated: it would take seconds.
inline constexpr std::int64_t kMostSimulated = 3000;

/// Under one truth.
struct StoppingRow {
    double delta = 0;  ///< true net win rate
    LabelChances chances;
    double mean_questions = 0;  ///< that are judged until the decision
    double p_early = 0;         ///< of a decision before the last question
};
struct StoppingForecast {
    std::int64_t n_questions = 0;  ///< that are planned
    int n_runs = 0;  ///< simulated experiments a row, 166 .. 800: a share p has a standard error of
                     ///< sqrt(p (1 - p) / n_runs)
    std::vector<StoppingRow> rows;  ///< at 0, -margin, -2 margin, -3 margin; impossible truths are
                                    ///< left out
    std::string why;  ///< a sentence without a full stop: why there are no rows; empty: there are
};

/// Of `design` with design.n_questions >= 1 and settings.stopping other than none. Verdicts of a
/// cluster are alike by a mixture: with probability icc they are all the same one, otherwise
/// independent; with both orders the two of a question likewise. Their pairwise correlations are
/// then those of design.hpp. A fixed seed: the same design gives the same figures. At most one to
/// two seconds.
[[nodiscard]] StoppingForecast forecast_stopping(const Design& design);

}  // namespace assay::analysis
