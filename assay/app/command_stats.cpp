#include "assay/app/command_stats.hpp"

#include <ostream>
#include <string>
#include <vector>

#include "assay/analysis/recommend.hpp"
#include "assay/app/stats_input.hpp"
#include "assay/report/render_markdown.hpp"
#include "assay/report/render_text.hpp"
#include "assay/report/stats_json.hpp"
#include "assay/report/stats_sections.hpp"

namespace assay::app {
namespace {

std::string output_of(const report::StatsDocument& document, const StatsOptions& options) {
    if (options.json) {
        return report::stats_to_json(document, 2) + "\n";
    }
    return options.markdown ? report::render_markdown(report::stats_page(document))
                            : report::render_text(report::stats_printout(document));
}

}  // namespace

int run_stats(const StatsOptions& options, std::ostream& out) {
    const StatsInput input = load_stats(options);
    out << output_of(input.document, options);
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
