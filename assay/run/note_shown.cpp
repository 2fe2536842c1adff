#include "assay/run/note_shown.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/names.hpp"
#include "assay/run/asked.hpp"

namespace assay::run {
namespace {

FrozenQuestion frozen_question(const Question& question) {
    std::vector<std::string> fields{question.text,
                                    question.expected ? "expected " + *question.expected : ""};
    for (const std::string& alternative : question.alternatives) {
        fields.push_back("alternative " + alternative);
    }
    for (const std::string& context : question.contexts) {
        fields.push_back("context " + context);
    }
    return {to_valid_utf8(question.id),
            short_hash(sha256_of_fields(fields)),
            to_valid_utf8(question.cluster.value_or(""))};
}

FrozenVariant frozen_variant(const StoredRun& stored, std::size_t v) {
    FrozenVariant out{to_valid_utf8(stored.variants[v].name), {}};
    const std::vector<std::string>& keys = stored.facts.variants[v].keys_for_judges();
    for (std::size_t q = 0; q < stored.questions.size(); ++q) {
        out.answers.emplace(to_valid_utf8(stored.questions[q].id), short_hash(keys[q]));
    }
    return out;
}

/// ERROR is no verdict yet: it is asked again. Controls are left out: which of them a judge is
/// shown depends on what else the run was asked before.
FrozenJudge frozen_judge(const StoredJudge& judge) {
    FrozenJudge out{to_valid_utf8(judge.facts.name),
                    judge.facts.key,
                    is_by_hand(judge.facts.provider),
                    judge.facts.both_orders,
                    {}};
    for (const Asked& of_variant : judge.asked) {
        for (const Comparison& comparison : of_variant.in_order) {
            const Verdict* verdict = judge.verdict(comparison.id);
            const bool counts = verdict != nullptr && verdict->state != VerdictState::kError;
            out.verdicts.emplace(short_hash(comparison.id), counts ? name_of(verdict->state) : "");
        }
    }
    return out;
}

std::string rules_of(const report::ReportExperiment& experiment, const std::string& design) {
    return fmt::format("margin {}, alpha {}, {}", experiment.margin, experiment.alpha, design);
}

DecisionShown decision_of(const ComparisonAnalysis& analysis) {
    DecisionShown out;
    out.judge = to_valid_utf8(analysis.judge);
    out.variant = to_valid_utf8(analysis.variant);
    out.label = analysis.decision.label;
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

}  // namespace

FrozenExperiment frozen_experiment_of(const StoredRun& stored) {
    FrozenExperiment out;
    for (const Question& question : stored.questions) {
        out.questions.push_back(frozen_question(question));
    }
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        out.variants.push_back(frozen_variant(stored, v));
    }
    out.known_bad = to_valid_utf8(stored.plan.known_bad);
    for (const StoredJudge& judge : stored.judges) {
        out.judges.push_back(frozen_judge(judge));
    }
    return out;
}

bool note_decisions_shown(store::Store& store,
                          StoredRun& stored,
                          const report::ReportModel& model) {
    ShownEntry entry;
    bool any = false;
    for (const report::ReportComparison& comparison : model.comparisons) {
        entry.shown.decisions.push_back(decision_of(comparison.analysis));
        any = any || comparison.analysis.decision.label != DecisionLabel::kNotMeasured;
    }
    if (!any) {
        return false;
    }
    entry.experiment = frozen_experiment_of(stored);
    entry.rules = rules_of(model.experiment, design_of(stored.plan.analysis));
    if (!append_if_new(stored.shown, std::move(entry))) {
        return false;
    }
    save_history(store, stored.shown);
    return true;
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
