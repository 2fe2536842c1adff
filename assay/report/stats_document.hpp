#pragma once
// What `assay stats` shows, as plain data: text, Markdown and JSON are pure functions of it.

#include <string>
#include <string_view>
#include <vector>

#include "assay/records/analysis.hpp"

namespace assay::report {

/// What the Bayesian figures are worth.
inline constexpr std::string_view kBayesStatus = "descriptive, never decided on";

struct StatsDocument {
    std::string source;                           ///< file or run directory, as it was named; empty: bare counts
    std::string format;                           ///< of the source, in a word
    std::vector<std::string> notes;               ///< sentences about the source as a whole
    std::vector<ComparisonAnalysis> comparisons;  ///< never empty; with companions
};

}  // namespace assay::report
