#pragma once
// Whether the second interval of dependent verdicts (ComparisonAnalysis::cluster_interval) lies as
// the label says. It decides nothing, so where it does not, the reader is told beside the label.

#include <string>

#include "assay/records/analysis.hpp"

namespace assay::report {

/// The label is one that an interval gives, and the second interval would not give it: it reaches
/// beyond the margin (equivalent), to -margin (non-inferior) or to 0 (degraded). False where there
/// is no second interval.
[[nodiscard]] bool second_interval_contradicts(const ComparisonAnalysis& analysis);

/// Where it contradicts, a sentence that does not name the variant; else empty.
[[nodiscard]] std::string second_interval_sentence(const ComparisonAnalysis& analysis);

}  // namespace assay::report
