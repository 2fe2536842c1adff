#pragma once
// What a judge's verdicts cost.

#include <span>

#include "assay/records/analysis.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/verdict.hpp"

namespace assay::analysis {

/// The sum of verdict_cost (records/verdict_cost.hpp) over these verdicts, in the currency of the
/// judge's prices. It is what was counted and not a sample, so low and high are empty. No value,
/// with its reason: without prices, or where a reply did not say its tokens. `n`: verdicts that
/// were counted.
[[nodiscard]] Estimate judge_cost(const JudgeSpec& judge, std::span<const Verdict> verdicts);

}  // namespace assay::analysis
