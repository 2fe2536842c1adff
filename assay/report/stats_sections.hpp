#pragma once
// What the text and the Markdown of `assay stats` say, before it is laid out.

#include <string>
#include <vector>

#include "assay/records/analysis.hpp"
#include "assay/report/stats_document.hpp"

namespace assay::report {

struct StatsRow {
    std::string name;
    std::string value;
    std::string remark;  ///< may be empty
};

struct StatsSection {
    std::string heading;
    std::vector<StatsRow> rows;
    std::vector<std::string> paragraphs;  ///< after the rows
};

/// "q4 against f16, judged by gpt-4"; empty where nothing is named.
[[nodiscard]] std::string title_of(const ComparisonAnalysis& analysis);
/// The sections of one comparison; those that have nothing to say are left out.
[[nodiscard]] std::vector<StatsSection> stats_sections(const ComparisonAnalysis& analysis);
/// One row for each comparison: its names, its counts, and its interval with the decision.
[[nodiscard]] StatsSection stats_overview(const StatsDocument& document);

}  // namespace assay::report
