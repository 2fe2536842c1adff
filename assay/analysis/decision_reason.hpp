#pragma once
// The words of a decision by an interval.

#include <string>

#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"

namespace assay::analysis {

/// Why the interval gives this label, a sentence without a full stop. `net` has an interval.
[[nodiscard]] std::string reason_of(const Decision& decision,
                                    const Estimate& net,
                                    const AnalysisSettings& settings);

/// What a lower limit at one-sided alpha says of every margin, a clause.
[[nodiscard]] std::string bound_of(double least_net, double alpha);

}  // namespace assay::analysis
