#include "assay/run/build_audit.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "assay/analysis/agreement.hpp"
#include "assay/analysis/judge_audit.hpp"
#include "assay/analysis/position.hpp"
#include "assay/base/result.hpp"
#include "assay/records/dependence.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/raters.hpp"
#include "assay/run/study_rows.hpp"
#include "assay/run/verdict_variance.hpp"

namespace assay::run {
namespace {

using report::ReportComparison;
using report::ReportJudge;
using report::ReportModel;

/// A judge's outcomes of all variants, in the model's order.
analysis::Rater rater_of(const ReportModel& model,
                         const std::vector<std::vector<Outcome>>& outcomes,
                         const std::string& judge) {
    analysis::Rater out{judge, {}};
    for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
        if (model.comparisons[i].analysis.judge == judge) {
            out.by_variant.emplace_back(outcomes[i]);
        }
    }
    return out;
}

/// A judge's verdicts on comparisons, and its controls.
struct Said {
    std::vector<Verdict> verdicts;
    std::vector<ControlOutcome> controls;
};

Said said_by(const StoredRun& stored, const ReportModel& model, const std::string& judge) {
    Said out;
    for (const ReportComparison& comparison : model.comparisons) {
        if (comparison.analysis.judge != judge) {
            continue;
        }
        for (exchange::StudyItem& item : study_items(stored, comparison.analysis)) {
            if (item.verdict) {
                out.verdicts.push_back(std::move(*item.verdict));
            }
        }
        for (exchange::StudyControl& row :
             study_controls(stored, comparison.analysis.variant, judge)) {
            out.controls.push_back(outcome_of(row.control, row.verdict ? &*row.verdict : nullptr));
            if (row.verdict) {
                out.verdicts.push_back(std::move(*row.verdict));
            }
        }
    }
    return out;
}

JudgeAudit audit_of(const StoredRun& stored,
                    const ReportJudge& judge,
                    const ReportModel& model,
                    const std::vector<analysis::Rater>& raters,
                    const Said& said) {
    JudgeAudit out;
    out.name = judge.name;
    out.provider = judge.provider;
    out.model = judge.model;
    out.decides = report::decides(model, judge);
    out.people = is_people(judge);
    out.controls = judge.controls;
    out.extensions = judge.extensions;
    out.repeats = judge.repeats;
    out.cost = judge.cost;
    out.conduct = analysis::conduct_of(said.verdicts);
    out.controls_by_confidence = analysis::controls_by_confidence(said.controls);

    std::vector<Outcome> all;
    std::vector<BothOrders> both_orders;
    for (const ReportComparison& comparison : model.comparisons) {
        const ComparisonAnalysis& a = comparison.analysis;
        if (a.judge != judge.name) {
            continue;
        }
        for (const report::JudgedItem& item : comparison.items) {
            all.push_back(item.outcome);
        }
        if (a.both_orders) {
            both_orders.push_back(*a.both_orders);
        }
        AuditedVariant& variant = out.variants.emplace_back(
            AuditedVariant{a.variant, a.decision, a.net_win_rate, a.length_control, a.calibration});
        variant.variance = verdict_variance_of(stored, model, comparison);
        if (a.variant != model.experiment.known_bad) {
            variant.next_step = next_step_of(stored, comparison, variant.variance);
        }
    }
    out.position = analysis::position_of(all, Dependence(all));
    out.length = analysis::length_bias_of(all);
    out.flips = analysis::flips_of(both_orders);

    std::vector<analysis::Rater> people, others;
    for (std::size_t i = 0; i < model.judges.size(); ++i) {
        if (model.judges[i].name != judge.name) {
            (is_people(model.judges[i]) ? people : others).push_back(raters[i]);
        }
    }
    const auto own = std::find_if(raters.begin(), raters.end(), [&](const analysis::Rater& rater) {
        return rater.name == judge.name;
    });
    out.with_people = analysis::agreement_by_confidence(*own, people);
    out.with_judges = analysis::agreement_by_confidence(*own, others);
    return out;
}

}  // namespace

RunAudit build_audit(const StoredRun& stored, const std::string& judge) {
    const ReportModel model = build_report(stored);
    if (!judge.empty() && report::find_judge(model, judge) == nullptr) {
        std::string known;
        for (const ReportJudge& other : model.judges) {
            known += (known.empty() ? "" : ", ") + other.name;
        }
        throw_usage(fmt::format("--judge: \"{}\" is not in this run; there are {}", judge, known));
    }
    RunAudit out;
    out.experiment = model.experiment.name;
    out.plan_sha256 = stored.record.sha256;
    out.n_questions = model.experiment.n_questions;
    out.exploratory_reasons = model.experiment.exploratory_reasons;
    out.decisions_shown = model.decisions_shown;

    const auto outcomes = outcomes_of(model);
    std::vector<analysis::Rater> raters;
    for (const ReportJudge& each : model.judges) {
        raters.push_back(rater_of(model, outcomes, each.name));
    }
    for (const ReportJudge& each : model.judges) {
        if (!judge.empty() && each.name != judge) {
            continue;
        }
        JudgeAudit audit = audit_of(stored, each, model, raters, said_by(stored, model, each.name));
        audit.warnings = analysis::warnings_of(audit);
        out.judges.push_back(std::move(audit));
    }
    for (std::size_t i = 0; i < raters.size(); ++i) {
        for (std::size_t k = i + 1; k < raters.size(); ++k) {
            if (judge.empty() || raters[i].name == judge || raters[k].name == judge) {
                out.pairs.push_back(analysis::agreement_of(raters[i], raters[k]));
            }
        }
    }
    out.panel = analysis::panel_agreement_of(raters);
    out.warnings = analysis::warnings_of(out.pairs);
    return out;
}

}  // namespace assay::run
