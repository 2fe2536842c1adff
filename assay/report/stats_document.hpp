#pragma once
// What `assay stats` shows, as plain data: text, Markdown and JSON are pure functions of it.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/records/audit.hpp"

namespace assay::report {

/// What the Bayesian figures are worth.
inline constexpr std::string_view kBayesStatus = "descriptive, never decided on";

struct StatsDocument {
    std::string source;              ///< file or run directory, as it was named; empty: bare counts
    std::string format;              ///< of the source, in a word
    std::vector<std::string> notes;  ///< sentences about the source as a whole
    std::vector<ComparisonAnalysis> comparisons;  ///< never empty; with companions
    std::vector<PairAgreement> agreement;  ///< of each two judges, over all variants; empty: there
                                           ///< is one judge
    std::optional<PanelAgreement> panel;   ///< empty: fewer than three judges
};

}  // namespace assay::report
