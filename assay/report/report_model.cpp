#include "assay/report/report_model.hpp"

#include <algorithm>

namespace assay::report {

bool any_answered_by_settings(const ReportModel& model) {
    return std::any_of(model.variants.begin(), model.variants.end(), [](const ReportVariant& v) {
        return !v.variant.answers;
    });
}

std::vector<const ReportComparison*> deciding_comparisons(const ReportModel& model) {
    std::vector<const ReportComparison*> out;
    if (model.judges.empty()) {
        return out;
    }
    for (const ReportComparison& comparison : model.comparisons) {
        if (comparison.analysis.judge == model.judges.front().name) {
            out.push_back(&comparison);
        }
    }
    return out;
}

const ReportVariant* find_variant(const ReportModel& model, const std::string& name) {
    const auto it = std::find_if(model.variants.begin(),
                                 model.variants.end(),
                                 [&](const ReportVariant& v) { return v.variant.name == name; });
    return it == model.variants.end() ? nullptr : &*it;
}

const ReportJudge* find_judge(const ReportModel& model, const std::string& name) {
    const auto it = std::find_if(model.judges.begin(),
                                 model.judges.end(),
                                 [&](const ReportJudge& j) { return j.name == name; });
    return it == model.judges.end() ? nullptr : &*it;
}

}  // namespace assay::report
