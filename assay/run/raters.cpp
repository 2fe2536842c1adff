#include "assay/run/raters.hpp"

#include <algorithm>

#include "assay/analysis/calibration.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::run {

using report::ReportComparison;
using report::ReportJudge;
using report::ReportModel;

bool is_people(const ReportJudge& judge) {
    return assay::is_people(judge.provider);
}

std::vector<std::vector<Outcome>> outcomes_of(const ReportModel& model) {
    std::vector<std::vector<Outcome>> out;
    for (const ReportComparison& comparison : model.comparisons) {
        out.push_back(report::outcomes_of(comparison));
    }
    return out;
}

void add_calibrations(ReportModel& model, const AnalysisSettings& settings) {
    if (std::none_of(model.judges.begin(), model.judges.end(), is_people)) {
        return;
    }
    const auto outcomes = outcomes_of(model);
    const auto people_of = [&](const std::string& variant) {
        std::vector<analysis::Rater> out;
        for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
            const ComparisonAnalysis& a = model.comparisons[i].analysis;
            if (a.variant == variant && is_people(*report::find_judge(model, a.judge))) {
                out.push_back({a.judge, {outcomes[i]}});
            }
        }
        return out;
    };
    for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
        ComparisonAnalysis& a = model.comparisons[i].analysis;
        if (is_people(*report::find_judge(model, a.judge))) {
            continue;
        }
        a.calibration = analysis::calibration_of(
            {a.judge, {outcomes[i]}}, people_of(a.variant), a, settings);
    }
}

}  // namespace assay::run
