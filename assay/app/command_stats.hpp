#pragma once
// `assay stats`: the statistics of verdicts that were made anywhere: bare counts, a file of
// outcomes, or a run.

#include <iosfwd>

#include "assay/app/stats_input.hpp"

namespace assay::app {

/// Writes the analysis to `out` and gives the exit code: 0, or with `gate` that of the worst
/// decision (of a run by several judges, unless one was chosen: of the judge that decides). Throws
/// Error(kUsage) with a sentence for everything that is wrong with the options or with the file.
[[nodiscard]] int run_stats(const StatsOptions& options, std::ostream& out);

}  // namespace assay::app
