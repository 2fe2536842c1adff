#include "assay/run/verdict_variance.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/next_step.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/plan.hpp"
#include "assay/run/build_report.hpp"
#include "assay/stats/question_variance.hpp"

namespace assay::run {
namespace {

using report::ReportComparison;
using report::ReportModel;
using stats::Call;
using stats::CallVerdict;

/// By question id: what was said of it in each call.
class Calls {
 public:
    void add(const std::string& question, const Call& call, std::optional<int> value) {
        if (value) {
            // A pair that two samples share is one call.
            said_[question].emplace(std::tuple(call.sample, call.judge, call.order, call.repeat),
                                    *value);
        }
    }
    /// Of each question; `repeats`: with what was asked again.
    [[nodiscard]] std::vector<std::vector<CallVerdict>> by_question(bool repeats) const {
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

 private:
    using Key = std::tuple<std::int64_t, std::int64_t, std::int64_t, std::int64_t>;
    std::map<std::string, std::map<Key, int>> said_;
};

/// Adds what a judge said of a variant as the calls of judge number `number`.
void add_calls(Calls& calls,
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

/// Correlation of two judges' verdicts on one pair of answers; nothing with one judge. A metric is
/// no judge beside others: it sees something else.
std::optional<double> correlation_of_judges(const StoredRun& stored,
                                            const ReportModel& model,
                                            const std::string& variant) {
    Calls calls;
    std::int64_t n_judges = 0;
    for (const ReportComparison& comparison : model.comparisons) {
        const auto& [name, judge] = std::tie(comparison.analysis.variant,
                                             comparison.analysis.judge);
        if (name == variant && !is_metric(report::find_judge(model, judge)->provider)) {
            add_calls(calls, stored, comparison, n_judges++);
        }
    }
    const auto ladder = stats::covariance_ladder(calls.by_question(false));
    if (n_judges < 2 || !ladder || !ladder->v || *ladder->v <= 0 || !ladder->judge) {
        return std::nullopt;
    }
    return *ladder->judge / *ladder->v;
}

/// A judge may be called so where no panel decides.
bool is_of_panel(const StoredRun& stored, const ReportComparison& comparison) {
    return stored.plan.judging.panel && comparison.analysis.judge == kPanelName;
}

/// Those of the judge, or of all judges of the panel.
Calls calls_of(const StoredRun& stored,
               const ReportModel& model,
               const ReportComparison& comparison) {
    Calls out;
    if (!is_of_panel(stored, comparison)) {
        add_calls(out, stored, comparison, 0);
        return out;
    }
    std::int64_t n_judges = 0;
    for (const ReportComparison& alone : model.comparisons) {
        if (alone.analysis.variant == comparison.analysis.variant) {
            add_calls(out, stored, alone, n_judges++);
        }
    }
    return out;
}

/// The judge, or the first of the panel.
const JudgeFacts& judge_of(const StoredRun& stored, const ReportComparison& comparison) {
    return is_of_panel(stored, comparison) ? stored.judges.front().facts
                                           : stored.judge(comparison.analysis.judge).facts;
}

double equal_share_of(const ReportComparison& comparison) {
    const auto n = static_cast<double>(comparison.items.size());
    const auto n_equal = std::count_if(
        comparison.items.begin(), comparison.items.end(), [](const report::JudgedItem& item) {
            return item.outcome.identical;
        });
    return n > 0 ? static_cast<double>(n_equal) / n : 0;
}

/// Correlation of two questions of one cluster, from the design effect that was measured.
std::optional<double> icc_of(const ReportComparison& comparison, const VerdictVariance& variance) {
    const auto& clusters = comparison.analysis.clusters;
    if (!clusters || clusters->n_effective <= 0 || !variance.variance_of_question_mean ||
        variance.v.value_or(0) <= 0) {
        return std::nullopt;
    }
    const double mean_size = static_cast<double>(variance.n_questions) / clusters->n_effective;
    if (mean_size <= 1) {
        return std::nullopt;
    }
    const double of_clusters = *variance.variance_of_question_mean *
                               (clusters->design_effect_used - 1);
    return std::max(0.0, of_clusters / ((mean_size - 1) * *variance.v));
}

std::string why_no_samples(const StoredRun& stored) {
    const Plan& plan = stored.plan;
    const bool given = std::any_of(
        stored.variants.begin(), stored.variants.end(), [](const Variant& variant) {
            return variant.answers.has_value();
        });
    if (given) {
        return "answers are read from files, so assay can make no further samples";
    }
    if (plan.generation.samples == kAutoSamples) {
        return "samples: auto asked for as many as it may";
    }
    if (plan.generation.temp <= 0) {
        return "at temperature 0 samples are no option: each answer would be the same again";
    }
    if (plan.analysis.stopping == "group-sequential") {
        return "samples are no option with stopping: group-sequential";
    }
    return "";
}

analysis::StepRoom room_of(const StoredRun& stored, const std::string& judge_name) {
    const JudgeFacts& judge = stored.judge(judge_name).facts;
    return {.both_orders = !is_metric(judge.provider),
            .no_samples = why_no_samples(stored),
            .calls_cost_nothing = judge.costs_nothing};
}

}  // namespace

VerdictVariance verdict_variance_of(const StoredRun& stored,
                                    const ReportModel& model,
                                    const ReportComparison& comparison) {
    const Calls calls = calls_of(stored, model, comparison);
    VerdictVariance out = analysis::verdict_variance_of(calls.by_question(false),
                                                        calls.by_question(true));
    out.equal_share = equal_share_of(comparison);
    out.icc = icc_of(comparison, out);
    const ComparisonAnalysis& a = comparison.analysis;
    if (out.v && !is_of_panel(stored, comparison) &&
        !is_metric(judge_of(stored, comparison).provider)) {
        if (const auto correlation = correlation_of_judges(stored, model, a.variant)) {
            out.judge = *correlation * *out.v;
        }
    }
    return out;
}

analysis::Design design_as_run(const StoredRun& stored, const ReportComparison& comparison) {
    const JudgeFacts& judge = judge_of(stored, comparison);
    AnalysisSettings settings = stored.plan.analysis;
    if (judge.costs_nothing || stored.plan.generation.has_samples() ||
        is_of_panel(stored, comparison)) {
        settings.stopping = "none";
    }
    analysis::Design out = analysis::make_design(
        std::max<std::int64_t>(1, comparison.analysis.net_win_rate.n),
        analysis::cluster_shape(stored.questions),
        judge.both_orders,
        settings);
    out.n_samples = stored.n_samples(
        stored.facts.variants[stored.variant_index(comparison.analysis.variant)]);
    if (is_of_panel(stored, comparison)) {
        out.n_judges = static_cast<int>(stored.judges.size());
    }
    return out;
}

std::optional<NextStep> next_step_of(const StoredRun& stored,
                                     const ReportComparison& comparison,
                                     const VerdictVariance& variance) {
    const std::vector<analysis::SteppedVariant> alone{{variance, comparison.analysis.decision}};
    return analysis::next_step_of(
        design_as_run(stored, comparison), alone, room_of(stored, comparison.analysis.judge));
}

std::optional<NextStep> next_step_of(const StoredRun& stored, const ReportModel& model) {
    std::vector<analysis::SteppedVariant> variants;
    std::optional<analysis::Design> now;
    for (const ReportComparison* comparison : report::deciding_comparisons(model)) {
        variants.push_back(
            {verdict_variance_of(stored, model, *comparison), comparison->analysis.decision});
        if (comparison->analysis.variant == model.experiment.known_bad) {
            variants.back().decision = {};  // nobody means to ship it
        }
        const analysis::Design design = design_as_run(stored, *comparison);
        if (!now || design.n_questions < now->n_questions) {
            now = design;
        }
    }
    if (!now) {
        return std::nullopt;
    }
    return analysis::next_step_of(*now, variants, room_of(stored, model.judges.front().name));
}

std::optional<Pilot> pilot_of(const StoredRun& stored, const std::string& judge, std::string& why) {
    const ReportModel model = build_report(stored);
    Pilot out;
    out.judge = report::find_judge(model, judge) != nullptr ? judge : model.judges.front().name;
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        if (a.judge != out.judge || a.variant == model.experiment.known_bad) {
            continue;
        }
        VerdictVariance variance = verdict_variance_of(stored, model, comparison);
        if (variance.v && a.decision.label == DecisionLabel::kNotMeasured) {
            why = a.decision.why;  // what such a judge says tells nothing of one that can see
        } else if (variance.v) {
            out.variants.push_back({a.variant, std::move(variance)});
        } else {
            why = variance.why;
        }
    }
    return out.variants.empty() ? std::nullopt : std::optional(std::move(out));
}

}  // namespace assay::run
