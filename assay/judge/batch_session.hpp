#pragma once
// One run of a judge that is asked through its provider's batch API: all pairs are submitted, the
// results are waited for.

#include <atomic>
#include <functional>

#include "assay/judge/http_session.hpp"

namespace assay::judge {

/// Judge::run with this setup, whose format has batches. All pairs of the source are taken at once;
/// those that are already in a batch of the journal are waited for, the others are submitted.
///
/// The journal has an entry before anything is submitted, and the batch's id afterwards. An entry
/// without an id (killed in between, or a submission whose reply was lost) is looked for in the
/// provider's list of batches: by the label that the batch was given, or, where the provider keeps
/// none, by the custom ids in the results of the batches that are newer than the newest one before.
/// So nothing is submitted twice.
///
/// Verdicts: as of a single request; ERROR for a request that the batch left out (cancelled,
/// expired). A request that is refused for a field that it can do without is submitted once more
/// without it. After a cancellation the batch goes on, and the next run finds it.
[[nodiscard]] RunResult run_batch_session(const HttpSetup& setup,
                                          HttpMemory& memory,
                                          const PairSource& source,
                                          const std::function<void(const Verdict&)>& sink,
                                          const std::atomic<bool>& cancel);

}  // namespace assay::judge
