#include "assay/report/report_model.hpp"

#include <algorithm>
#include <string_view>

#include "assay/base/text.hpp"

namespace assay::report {
namespace {

constexpr std::size_t kShownReason = 160;

/// Its first sentence, or all of it, without the full stop.
std::string_view first_sentence(std::string_view text) {
    text = text.substr(0, text.find(". "));
    return text.ends_with('.') ? text.substr(0, text.size() - 1) : text;
}

/// What the first verdict that failed in one of these ways says; empty: nothing.
std::string first_failure(const ReportComparison& comparison,
                          std::initializer_list<OutcomeKind> kinds) {
    for (const JudgedItem& item : comparison.items) {
        const bool is_one = std::find(kinds.begin(), kinds.end(), item.outcome.kind) != kinds.end();
        if (is_one && !item.failure.empty()) {
            return item.failure;
        }
    }
    return "";
}

}  // namespace

bool any_answered_by_settings(const ReportModel& model) {
    return std::any_of(model.variants.begin(), model.variants.end(), [](const ReportVariant& v) {
        return !v.variant.answers;
    });
}

std::string why_not_measured(const ReportComparison& comparison) {
    const ComparisonAnalysis& analysis = comparison.analysis;
    if (analysis.decision.label != DecisionLabel::kNotMeasured) {
        return "";
    }
    std::string failure;
    if (20 * analysis.counts.errors > analysis.counts.n_items) {
        failure = first_failure(comparison, {OutcomeKind::kError});
    } else if (analysis.counts.n == analysis.counts.identical) {
        failure = first_failure(comparison, {OutcomeKind::kInvalid, OutcomeKind::kRefused});
    }
    return failure.empty() ? shorten(first_sentence(analysis.decision.why), kShownReason)
                           : shorten(failure, kShownReason);
}

std::vector<const ReportComparison*> deciding_comparisons(const ReportModel& model) {
    std::vector<const ReportComparison*> out;
    if (model.panel) {
        for (const ReportComparison& comparison : model.panel->comparisons) {
            out.push_back(&comparison);
        }
        return out;
    }
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

std::vector<Outcome> outcomes_of(const ReportComparison& comparison) {
    std::vector<Outcome> out;
    out.reserve(comparison.items.size());
    for (const JudgedItem& item : comparison.items) {
        out.push_back(item.outcome);
    }
    return out;
}

std::vector<const ReportComparison*> all_comparisons(const ReportModel& model) {
    std::vector<const ReportComparison*> out;
    if (model.panel) {
        out = deciding_comparisons(model);
    }
    for (const ReportComparison& comparison : model.comparisons) {
        out.push_back(&comparison);
    }
    return out;
}

bool decides(const ReportModel& model, const ReportJudge& judge) {
    return !model.panel && judge.name == model.judges.front().name;
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
