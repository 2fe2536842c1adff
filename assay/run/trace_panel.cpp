#include "assay/run/trace_panel.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/base/text.hpp"
#include "assay/records/dependence.hpp"

namespace assay::run {

std::string panel_records(const report::ReportPanel& panel, const std::string& question_id) {
    nlohmann::ordered_json out = nlohmann::ordered_json::array();
    for (const report::ReportComparison& comparison : panel.comparisons) {
        std::vector<Outcome> outcomes;
        for (const report::JudgedItem& item : comparison.items) {
            if (item.outcome.question_id == question_id) {
                outcomes.push_back(item.outcome);
            }
        }
        if (outcomes.empty()) {
            continue;
        }
        const analysis::QuestionVerdicts verdicts = analysis::verdicts_by_question(
                                                        outcomes,
                                                        Dependence(outcomes),
                                                        analysis::Failed::kLeftOut)
                                                        .front();
        const std::string variant = to_valid_utf8(comparison.analysis.variant);
        const std::string
            sentence = verdicts.counts()
                           ? fmt::format("{}: mean of its judges' verdicts {:+.2f}, of {}",
                                         variant,
                                         verdicts.mean(),
                                         analysis::count_of(verdicts.n(), "verdict"))
                           : fmt::format("{}: left out, too few of its judges gave a verdict ({})",
                                         variant,
                                         analysis::count_of(verdicts.n(), "verdict"));
        out.push_back({{"variant", variant},
                       {"mean",
                        verdicts.counts() ? nlohmann::ordered_json(verdicts.mean())
                                          : nlohmann::ordered_json(nullptr)},
                       {"n_verdicts", verdicts.n()},
                       {"sentence", sentence}});
    }
    return out.dump();
}

}  // namespace assay::run
