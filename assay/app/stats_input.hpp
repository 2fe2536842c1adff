#pragma once
// Where the numbers of `assay stats` come from: options, a file of outcomes, or a run directory.

#include "assay/app/command_stats.hpp"
#include "assay/records/plan.hpp"
#include "assay/report/stats_document.hpp"

namespace assay::app {

/// Everything that is shown, and how many of its comparisons a gate asks about: the first ones.
struct StatsInput {
    report::StatsDocument document;
    std::size_t n_gated = 0;
};

/// Reads and analyses what the options name. Throws Error(kUsage).
[[nodiscard]] StatsInput load_stats(const StatsOptions& options);

}  // namespace assay::app
