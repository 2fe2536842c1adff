#pragma once
// The judges `batch` and `human`: nothing here calls them. Their pairs leave as files (`assay
// export batches`), and what they said comes back by `assay import verdicts`, read by
// batch_reply.hpp.

#include <memory>

#include "assay/judge/judge.hpp"

namespace assay::judge {

/// run() takes no pair and ends with kStopped: all that is not imported stays pending. `spec` has a
/// name, which is part of the identity: two people are two judges.
[[nodiscard]] Result<std::unique_ptr<Judge>> make_by_hand_judge(const JudgeSpec& spec,
                                                                const Services& services,
                                                                Progress& progress);

}  // namespace assay::judge
