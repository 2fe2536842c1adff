#pragma once
// A second interval of the net win rate where verdicts depend on each other, by another method than
// the deciding one (a score interval): the BCa bootstrap of whole clusters, or of questions where
// there are none, or, of very many, Student's t of the CR1 variance. It decides nothing. Where it
// does not lie as the label says, the decision table says so.

#include <cstdint>
#include <span>

#include "assay/analysis/evidence.hpp"
#include "assay/records/analysis.hpp"
#include "assay/records/dependence.hpp"
#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// Up to this many clusters, or questions, the second interval is the BCa bootstrap's (10,000
/// resamples); beyond, where the two agree and resampling takes seconds, the t interval of the CR1
/// variance.
inline constexpr std::int64_t kBootstrapClusters = 3000;

/// Empty values and a `why` where there is none. `evidence` is dependent.
[[nodiscard]] Estimate cluster_interval_of(const Evidence& evidence, double confidence);

/// Fills `cluster_interval` of an analysis of these outcomes, at the level that decides. Not where
/// the verdicts are independent, nor where judging stopped early: it makes no allowance for that.
void add_cluster_interval(ComparisonAnalysis& analysis,
                          std::span<const Outcome> outcomes,
                          const Dependence& dependence);

}  // namespace assay::analysis
