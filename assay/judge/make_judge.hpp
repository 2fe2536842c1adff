#pragma once
// The one place that knows every kind of judge.

#include <memory>

#include "assay/base/progress.hpp"
#include "assay/base/result.hpp"
#include "assay/judge/judge.hpp"
#include "assay/records/plan.hpp"

namespace assay::judge {

/// The judge that `spec` describes. Fails on an unknown provider, settings out of range, an address
/// that is none, a missing key. `progress` gets notes only (fallbacks, long waits) and must outlive
/// the judge; steps and counts are the caller's, who has the sink.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_judge(const JudgeSpec& spec,
                                                        const Services& services,
                                                        Progress& progress);

}  // namespace assay::judge
