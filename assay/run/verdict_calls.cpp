#include "assay/run/verdict_calls.hpp"

#include <algorithm>

#include "assay/analysis/evidence.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/verdict_variance.hpp"

namespace assay::run {
namespace {

using report::ReportComparison;
using report::ReportModel;
using stats::CallVerdict;

/// Adds what a judge said of a variant as the calls of judge number `number`.
void add_calls(VerdictCalls& calls,
               const StoredRun& stored,
               const ReportComparison& comparison,
               std::int64_t number) {
    const StoredJudge& judge = stored.judge(comparison.analysis.judge);
    const Asked& asked = judge.asked[stored.variant_index(comparison.analysis.variant)];
    std::map<std::string, const Comparison*> by_id;
    for (const Comparison& each : asked.in_order) {
        by_id.emplace(each.id, &each);
    }
    std::map<std::string, int> sample_of;  // by the variant's answer
    for (const report::JudgedItem& item : comparison.items) {
        const auto found = by_id.find(item.comparison_id);
        if (found == by_id.end()) {
            continue;
        }
        sample_of.emplace(found->second->variant_answer_key, item.sample);
        calls.add(item.outcome.question_id,
                  {item.sample, number, found->second->order, 0},
                  analysis::value_of(item.outcome.kind));
    }
    for (const Comparison& again : asked.repeats) {
        const Verdict* verdict = judge.verdict(again.id);
        const auto sample = sample_of.find(again.variant_answer_key);
        if (verdict != nullptr && sample != sample_of.end()) {
            calls.add(again.question_id,
                      {sample->second, number, again.order, again.repeat},
                      analysis::value_of(outcome_of(verdict->state, again.variant_is_a)));
        }
    }
}

}  // namespace

void VerdictCalls::add(const std::string& question,
                       const stats::Call& call,
                       std::optional<int> value) {
    if (value) {
        said_[question].emplace(std::tuple(call.sample, call.judge, call.order, call.repeat),
                                *value);
    }
}

std::vector<std::vector<CallVerdict>> VerdictCalls::by_question(bool repeats) const {
    std::vector<std::vector<CallVerdict>> out;
    for (const auto& [question, calls] : said_) {
        std::vector<CallVerdict>& list = out.emplace_back();
        for (const auto& [call, value] : calls) {
            const auto& [sample, judge, order, repeat] = call;
            if (repeats || repeat == 0) {
                list.push_back({{sample, judge, order, repeat}, value});
            }
        }
    }
    return out;
}

std::vector<std::vector<CallVerdict>> VerdictCalls::of_complete_questions() const {
    std::vector<std::vector<CallVerdict>> out = by_question(false);
    std::size_t most = 0;
    for (const std::vector<CallVerdict>& verdicts : out) {
        most = std::max(most, verdicts.size());
    }
    std::erase_if(out, [&](const auto& verdicts) { return verdicts.size() < most; });
    return out;
}

VerdictCalls calls_of_judge(const StoredRun& stored, const ReportComparison& comparison) {
    VerdictCalls out;
    add_calls(out, stored, comparison, 0);
    return out;
}

VerdictCalls calls_of_judges(const StoredRun& stored,
                             const ReportModel& model,
                             const std::string& variant) {
    VerdictCalls out;
    std::int64_t n_judges = 0;
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        if (a.variant == variant && !is_metric(stored.judge(a.judge).facts.provider)) {
            add_calls(out, stored, comparison, n_judges++);
        }
    }
    return out;
}

std::optional<JudgesTogether> judges_together(const StoredRun& stored,
                                              const ReportModel& model,
                                              const std::string& variant) {
    const auto ladder = stats::covariance_ladder(
        calls_of_judges(stored, model, variant).of_complete_questions());
    if (!ladder || ladder->n_questions < kFewestForVariance || !ladder->v || !ladder->judge) {
        return std::nullopt;
    }
    return JudgesTogether{ladder->n_questions, *ladder->v, *ladder->judge};
}

}  // namespace assay::run
