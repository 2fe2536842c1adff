#pragma once
// What `assay stats` says, before it is laid out.

#include "assay/report/section.hpp"
#include "assay/report/stats_document.hpp"

namespace assay::report {

/// As a page that stands for itself, in a file or in a job's summary. Several comparisons begin
/// with a table of all.
[[nodiscard]] Document stats_page(const StatsDocument& document);
/// The same below the command that asked for it: the head is the source's name only.
[[nodiscard]] Document stats_printout(const StatsDocument& document);

}  // namespace assay::report
