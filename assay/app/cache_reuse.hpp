#pragma once
// Which verdicts of other runs a judge of this run takes over.

#include <map>
#include <span>
#include <string>

#include "assay/app/judging.hpp"

namespace assay::app {

/// A share of the cached verdicts is asked again before any is taken, by this many at least ...
inline constexpr std::size_t kFewestAskedAgain = 5;
/// ... and by this share of them.
inline constexpr double kShareAskedAgain = 0.1;

struct Reuse {
    std::map<std::string, Verdict> verdicts;  ///< by the id of the comparison
    bool judge_stopped = false;               ///< while it was asked again: the next run goes on
};

/// `tasks`: of one judge, a variant each, with the cache. Asks a share of the pairs again that the
/// cache knows, and saves these verdicts. Gives the others, if what was asked again is mostly the
/// same (analysis::too_few_the_same); else says why nothing is taken, and what was taken before is
/// asked for, too.
[[nodiscard]] Reuse reuse_of_cache(std::span<const JudgingTask> tasks,
                                   judge::Judge& judge,
                                   store::Store& store,
                                   const std::atomic<bool>& cancel,
                                   Progress& progress);

}  // namespace assay::app
