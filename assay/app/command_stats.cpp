#include "assay/app/command_stats.hpp"

#include <fmt/format.h>

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

int code_of_decisions(const StatsInput& input, const StatsOptions& options) {
    std::vector<analysis::Candidate> candidates;
    for (std::size_t i = 0; i < input.n_gated; ++i) {
        const ComparisonAnalysis& comparison = input.document.comparisons[i];
        candidates.push_back({.name = comparison.variant,
                              .size_bytes = 0,
                              .path = "",
                              .label = comparison.decision.label,
                              .claimed = comparison.decision.claimed.value_or(true),
                              .n_more = comparison.decision.n_more_ship,
                              .on_these_questions = comparison.decision.on_these_questions});
    }
    return analysis::exit_code(
        candidates,
        {.gate = "all",
         .fail_exit_code = options.fail_exit_code,
         .exploratory = {
             .is = input.exploratory, .why = {}, .accepted = options.accept_exploratory}});
}

/// Decisions that nothing backs do not pass; what is shown says why.
int code_of_gate(StatsInput& input, const StatsOptions& options) {
    constexpr int kInconclusiveCode = 5;
    const int code = code_of_decisions(input, options);
    const int shown = options.fail_exit_code.value_or(kInconclusiveCode);
    if (code != 0) {
        return code;
    }
    if (!input.why_a_copy.empty()) {
        input.document.notes.push_back(
            fmt::format("The gate does not pass (exit code {}): {}.", shown, input.why_a_copy));
        return shown;
    }
    if (input.why_no_pass.empty() || options.no_controls_ok) {
        return code;
    }
    input.document.notes.push_back(
        fmt::format("The gate does not pass (exit code {}): {}. --no-controls-ok lets it pass.",
                    shown,
                    input.why_no_pass));
    return shown;
}

}  // namespace

int run_stats(const StatsOptions& options, std::ostream& out) {
    StatsInput input = load_stats(options);
    const int code = options.gate ? code_of_gate(input, options) : 0;
    out << output_of(input.document, options);
    return code;
}

}  // namespace assay::app
