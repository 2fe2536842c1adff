#pragma once
// The cases by subject: a name of reference files, and what computes it.

#include <string_view>
#include <vector>

#include "assay/stats/equivalence.hpp"
#include "assay/stats/fisher.hpp"
#include "assay/stats/tango.hpp"
#include "assay/stats_oracle/inputs.hpp"
#include "assay/stats_oracle/outputs.hpp"

namespace assay::stats_oracle {

struct Case {
    std::string_view fn;
    Outputs (*compute)(const Inputs&);
};

[[nodiscard]] std::vector<Case> interval_cases();     ///< tests and intervals of counts
[[nodiscard]] std::vector<Case> equivalence_cases();  ///< tests against a margin, decisions
[[nodiscard]] std::vector<Case> sample_size_cases();  ///< effect sizes, power, numbers needed
[[nodiscard]] std::vector<Case> rating_cases();       ///< agreement, several p values, rankings
[[nodiscard]] std::vector<Case> dependence_cases();   ///< positions and clusters
[[nodiscard]] std::vector<Case> sequential_cases();   ///< Bayes, and looking while verdicts come
[[nodiscard]] std::vector<Case> sensitivity_cases();  ///< timings, PPI, lengths, bootstrap
[[nodiscard]] std::vector<Case> study_cases();        ///< the published study, all at once
[[nodiscard]] std::vector<Case> question_cases();     ///< several verdicts of a question

// What several of them read and write.

[[nodiscard]] stats::NetCounts counts_of(const Inputs& in);  ///< wins, losses, ties
/// For the functions that are told n instead of the ties.
[[nodiscard]] stats::NetCounts counts_of_n(const Inputs& in);
/// Throws std::invalid_argument where it is not 2 x 3.
[[nodiscard]] stats::Table2x3 table_2x3(const std::vector<std::vector<std::int64_t>>& rows);
/// "equivalent", "non_inferior", ...
[[nodiscard]] const char* region_name(stats::Region region);
/// {lo, hi}
[[nodiscard]] Outputs limits_of(const stats::Interval& interval);

}  // namespace assay::stats_oracle
