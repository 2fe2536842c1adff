#pragma once
// How many questions would have to be added for the wanted power (docs/statistics.md, "How many
// more questions").

#include <cstdint>
#include <optional>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// Fills n_more and n_more_ship, as if the two were truly alike; empty: out of reach. The second
/// moment of a question's mean is planned as (sum of squares + 1) / (n + 2), times the design
/// effect of dependent questions.
void set_further_questions(Decision& decision,
                           const Evidence& evidence,
                           const AnalysisSettings& settings);

/// The same for equivalence, if the true net win rate is `net`.
[[nodiscard]] std::optional<std::int64_t> further_questions_if(const Evidence& evidence,
                                                               const AnalysisSettings& settings,
                                                               double net);

}  // namespace assay::analysis
