#include "assay/run/note_shown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/run/asked.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/freeze.hpp"

namespace assay::run {
namespace {

std::string rules_of(const report::ReportExperiment& experiment, const std::string& design) {
    return fmt::format("margin {}, alpha {}, {}", experiment.margin, experiment.alpha, design);
}

DecisionShown decision_of(const ComparisonAnalysis& analysis) {
    DecisionShown out;
    out.judge = to_valid_utf8(analysis.judge);
    out.variant = to_valid_utf8(analysis.variant);
    out.label = analysis.decision.label;
    out.on_these_questions = analysis.decision.on_these_questions;
    out.claimed = analysis.decision.claimed.value_or(true);
    if (out.label != DecisionLabel::kNotMeasured) {
        out.net = analysis.net_win_rate.value;
    }
    out.n = analysis.counts.n;
    return out;
}

/// Whether an earlier version noted that decisions of this plan were shown.
bool was_shown(const store::Store& store, const StoredRun& stored) {
    return std::any_of(stored.judges.begin(), stored.judges.end(), [&](const StoredJudge& judge) {
        return std::any_of(judge.asked.begin(), judge.asked.end(), [&](const Asked& asked) {
            return decision_was_shown(store, judge.facts.key, asked.in_order);
        });
    });
}

/// True: there is a decision, and it is not the last one that was shown.
bool note_decisions_shown(store::Store& store,
                          StoredRun& stored,
                          const report::ReportModel& model) {
    ShownEntry entry;
    bool any = false;
    for (const report::ReportComparison* comparison : report::all_comparisons(model)) {
        entry.shown.decisions.push_back(decision_of(comparison->analysis));
        any = any || comparison->analysis.decision.label != DecisionLabel::kNotMeasured;
    }
    if (!any) {
        return false;
    }
    entry.experiment = frozen_experiment_of(stored);
    entry.rules = rules_of(model.experiment,
                           design_of(stored.plan.analysis, stored.plan.generation));
    if (!append_if_new(stored.shown, std::move(entry))) {
        return false;
    }
    save_history(store, stored.shown);
    return true;
}

}  // namespace

report::ReportModel report_to_show(store::Store& store, StoredRun& stored) {
    report::ReportModel model = build_report(stored);
    if (note_decisions_shown(store, stored, model)) {
        model = build_report(stored);  // with the history
    }
    return model;
}

void keep_what_was_shown_before(store::Store& store) {
    if (has_history(store)) {
        return;
    }
    ShownHistory history;
    for (const store::PlanRecord& plan : store.plans()) {
        try {
            const StoredRun stored(store, plan.sha256);
            if (was_shown(store, stored)) {
                static_cast<void>(append_if_new(history, {frozen_experiment_of(stored), "", {}}));
            }
        } catch (const Error&) {
            // It was stopped before it had anything to show, or cannot be read any more.
        }
    }
    if (!history.empty()) {
        save_history(store, history);
    }
}

}  // namespace assay::run
