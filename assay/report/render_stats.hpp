#pragma once
// The text and the Markdown of `assay stats`. Both have the same sections with the same figures.

#include <string>

#include "assay/report/stats_document.hpp"

namespace assay::report {

/// For a terminal: lines of at most about 100 columns, no colours. Several comparisons begin with a
/// table of all.
[[nodiscard]] std::string render_stats_text(const StatsDocument& document);
/// The same as Markdown, for a report or a job's summary.
[[nodiscard]] std::string render_stats_markdown(const StatsDocument& document);

}  // namespace assay::report
