#include "assay/run/verdict_variance.hpp"

#include <algorithm>
#include <utility>

#include "assay/analysis/evidence.hpp"
#include "assay/analysis/next_step.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/plan.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/verdict_calls.hpp"

namespace assay::run {
namespace {

using report::ReportComparison;
using report::ReportModel;

/// A judge may be called so where no panel decides.
bool is_of_panel(const StoredRun& stored, const ReportComparison& comparison) {
    return stored.plan.judging.panel && comparison.analysis.judge == kPanelName;
}

/// Those of the judge, or of all judges of the panel.
VerdictCalls calls_of(const StoredRun& stored,
                      const ReportModel& model,
                      const ReportComparison& comparison) {
    return is_of_panel(stored, comparison)
               ? calls_of_judges(stored, model, comparison.analysis.variant)
               : calls_of_judge(stored, comparison);
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

/// Why a run can have no further ones.
std::string why_no_further_samples(const Plan& plan) {
    return plan.generation.samples == kAutoSamples ? "samples: auto asked for as many as it may"
                                                   : why_no_samples(plan);
}

analysis::StepRoom room_of(const StoredRun& stored, const std::string& judge_name) {
    const JudgeFacts& judge = stored.judge(judge_name).facts;
    return {.both_orders = !is_metric(judge.provider),
            .no_samples = why_no_further_samples(stored.plan),
            .calls_cost_nothing = judge.costs_nothing};
}

}  // namespace

std::string why_no_samples(const Plan& plan) {
    const auto given = [](const VariantSpec& spec) { return spec.answers() != nullptr; };
    if (given(plan.baseline) || std::any_of(plan.variants.begin(), plan.variants.end(), given)) {
        return "answers are read from files, so assay makes no samples";
    }
    if (plan.generation.temp <= 0) {
        return "at temperature 0 samples are no option: each answer would be the same again";
    }
    if (plan.analysis.stopping == "group-sequential") {
        return "samples are no option with stopping: group-sequential";
    }
    return "";
}

VerdictVariance verdict_variance_of(const StoredRun& stored,
                                    const ReportModel& model,
                                    const ReportComparison& comparison) {
    const VerdictCalls calls = calls_of(stored, model, comparison);
    VerdictVariance out = analysis::verdict_variance_of(calls.by_question(false),
                                                        calls.by_question(true));
    out.equal_share = equal_share_of(comparison);
    out.icc = icc_of(comparison, out);
    const ComparisonAnalysis& a = comparison.analysis;
    if (out.v && !is_of_panel(stored, comparison) &&
        !is_metric(judge_of(stored, comparison).provider)) {
        const auto together = judges_together(stored, model, a.variant);
        if (together && together->v > 0) {
            out.judge = together->covariance / together->v * *out.v;
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
