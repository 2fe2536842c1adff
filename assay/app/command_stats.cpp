#include "assay/app/command_stats.hpp"

#include <ostream>
#include <vector>

#include "assay/analysis/recommend.hpp"
#include "assay/app/stats_input.hpp"
#include "assay/report/analysis_json.hpp"
#include "assay/report/render_stats.hpp"

namespace assay::app {

int run_stats(const StatsOptions& options, std::ostream& out) {
    const StatsInput input = load_stats(options);
    if (options.json) {
        out << report::stats_to_json(input.document, 2) << "\n";
    } else if (options.markdown) {
        out << report::render_stats_markdown(input.document);
    } else {
        out << report::render_stats_text(input.document);
    }
    if (!options.gate) {
        return 0;
    }
    std::vector<analysis::Candidate> candidates;
    for (std::size_t i = 0; i < input.n_gated; ++i) {
        const ComparisonAnalysis& comparison = input.document.comparisons[i];
        candidates.push_back({.name = comparison.variant,
                              .size_bytes = 0,
                              .path = "",
                              .label = comparison.decision.label,
                              .n_more = comparison.decision.n_more});
    }
    return analysis::exit_code(candidates,
                               {.gate = "all", .fail_exit_code = options.fail_exit_code});
}

}  // namespace assay::app
