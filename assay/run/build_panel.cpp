// Problem: the judges of a panel decide together, and a report that mixes their verdicts must not
// give one of them more weight, or let a bad one hide behind the others.
// Model: a panel is a comparison more, beside those of its judges. Its outcomes are theirs, each
// with the number of its judge; analysis::analyse() makes of them what it makes of any question
// with several verdicts, and panel_mean.hpp gives the judges equal weights. Whatever takes a
// decision away from one of its judges takes it away from the panel (panel_gate.hpp). Invariant:
// without a panel nothing here is looked at.

#include "assay/run/build_panel.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <span>
#include <utility>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/claims.hpp"
#include "assay/analysis/cluster_interval.hpp"
#include "assay/analysis/controls.hpp"
#include "assay/analysis/decide.hpp"
#include "assay/analysis/equal_answers.hpp"
#include "assay/analysis/held_back.hpp"
#include "assay/analysis/panel_gate.hpp"
#include "assay/analysis/phrases.hpp"
#include "assay/analysis/tally.hpp"
#include "assay/base/result.hpp"
#include "assay/run/gate_by_verdicts.hpp"
#include "assay/run/verdict_calls.hpp"

namespace assay::run {
namespace {

using report::JudgedItem;
using report::outcomes_of;
using report::ReportComparison;
using report::ReportModel;

constexpr std::int64_t kFewestForACopy = 20;  ///< verdicts that are all the same

/// One variant's comparison by each judge, in the plan's order.
std::vector<const ReportComparison*> by_judge(const ReportModel& model, std::size_t variant) {
    const std::size_t n_compared = model.variants.size() - 1;
    std::vector<const ReportComparison*> out;
    for (std::size_t j = 0; j < model.judges.size(); ++j) {
        out.push_back(&model.comparisons[j * n_compared + variant - 1]);
    }
    return out;
}

/// The items of all judges, question by question, of each the judges in their order; each outcome
/// has its judge's number.
std::vector<JudgedItem> items_of(std::span<const ReportComparison* const> judges) {
    std::map<std::string, std::size_t> places;  // of questions, in the dataset's order
    std::vector<std::vector<JudgedItem>> questions;
    for (std::size_t j = 0; j < judges.size(); ++j) {
        for (const JudgedItem& item : judges[j]->items) {
            const auto [place, is_new] = places.emplace(item.outcome.question_id, questions.size());
            if (is_new) {
                questions.emplace_back();
            }
            questions[place->second].push_back(item);
            questions[place->second].back().outcome.judge = static_cast<int>(j);
        }
    }
    std::vector<JudgedItem> out;
    for (std::vector<JudgedItem>& question : questions) {
        std::move(question.begin(), question.end(), std::back_inserter(out));
    }
    return out;
}

/// Nothing of few questions.
std::optional<report::PanelCorrelation> correlation_of(const ReportModel& model,
                                                       const StoredRun& stored,
                                                       const std::string& variant) {
    const auto together = judges_together(stored, model, variant);
    if (!together) {
        return std::nullopt;
    }
    report::PanelCorrelation out{
        variant, together->n_questions, together->v, together->covariance, std::nullopt};
    if (together->v > 0) {
        out.correlation = std::clamp(together->covariance / together->v, -1.0, 1.0);
    }
    return out;
}

analysis::PanelJudge panel_judge_of(const ReportModel& model,
                                    const ReportComparison& comparison,
                                    std::size_t judge) {
    analysis::PanelJudge out{&comparison.analysis,
                             analysis::why_longer_wins(outcomes_of(comparison))};
    if (out.held_back_by.empty()) {
        out.held_back_by = analysis::why_padding(model.judges[judge].controls);
    }
    return out;
}

/// A look at samples is the panel's: it decides.
analysis::JudgingPlan plan_with_look(const StoredRun& stored,
                                     std::size_t variant,
                                     std::size_t n_outcomes) {
    analysis::JudgingPlan out = stored.judging_plan(variant, stored.judges.front());
    out.n_planned = static_cast<std::int64_t>(n_outcomes);
    return out;
}

ReportComparison panel_comparison(const ReportModel& model,
                                  const StoredRun& stored,
                                  std::size_t variant,
                                  const AnalysisSettings& settings) {
    const std::vector<const ReportComparison*> judges = by_judge(model, variant);
    ReportComparison out;
    out.items = items_of(judges);
    const std::vector<Outcome> outcomes = outcomes_of(out);
    const Dependence dependence(outcomes);
    out.analysis = stored.looks.empty()
                       ? analysis::analyse(outcomes, dependence, settings)
                       : analysis::analyse_in_order(
                             outcomes, plan_with_look(stored, variant, outcomes.size()), settings);
    analysis::add_cluster_interval(out.analysis, outcomes, dependence);
    out.analysis.variant = model.variants[variant].variant.name;
    out.analysis.baseline = model.variants.front().variant.name;
    out.analysis.judge = kPanelName;
    if (!stored.looks.empty()) {
        return out;
    }
    StoppingSummary& stopping = out.analysis.stopping.emplace();
    stopping.n_planned = stopping.n_used = static_cast<std::int64_t>(outcomes.size());
    stopping.sentence = "A panel does not stop early: all of its judges judge all comparisons.";
    return out;
}

void gate(ReportModel& model,
          ReportComparison& panel,
          std::size_t variant,
          const std::string& equal_answers,
          bool accepts_equal_answers) {
    std::vector<analysis::PanelJudge> judges;
    const auto comparisons = by_judge(model, variant);
    for (std::size_t j = 0; j < comparisons.size(); ++j) {
        judges.push_back(panel_judge_of(model, *comparisons[j], j));
    }
    analysis::gate_panel(panel.analysis, judges);
    Decision& decision = panel.analysis.decision;
    decision = analysis::gate_equal_answers(decision, equal_answers, accepts_equal_answers);
    decision = analysis::hold_back(
        decision, analysis::why_instructions(model.variants[variant].failure_modes));
}

/// A mean that passes may hide a judge that sees what the others do not.
void warn_of_dissent(ReportModel& model, const ReportComparison& panel, std::size_t variant) {
    if (!passes(panel.analysis.decision.label)) {
        return;
    }
    for (const ReportComparison* alone : by_judge(model, variant)) {
        if (alone->analysis.decision.label == DecisionLabel::kDegraded) {
            model.warnings.push_back(fmt::format(
                "{} of the panel finds {} degraded, and the mean of all judges passes. Read the "
                "questions that it lets lose before you rely on the mean.",
                alone->analysis.judge,
                panel.analysis.variant));
        }
    }
}

/// Of the pairs of answers that both were asked about and decided, how many, and how many alike.
struct Alike {
    std::int64_t n = 0;
    std::int64_t n_same = 0;
    std::int64_t n_decisive = 0;
};

void add_alike(Alike& out, const ReportComparison& a, const ReportComparison& b) {
    std::map<std::string, OutcomeKind> said;
    for (const JudgedItem& item : a.items) {
        if (!item.comparison_id.empty() && analysis::was_decided_by_a_judge(item.outcome)) {
            said.emplace(item.comparison_id, item.outcome.kind);
        }
    }
    for (const JudgedItem& item : b.items) {
        const auto found = said.find(item.comparison_id);
        if (found != said.end() && analysis::was_decided_by_a_judge(item.outcome)) {
            ++out.n;
            out.n_same += found->second == item.outcome.kind;
            out.n_decisive += found->second != OutcomeKind::kTie;
        }
    }
}

/// A model under two names would have two votes. It is seen by its verdicts, or by what its replies
/// call themselves.
void warn_of_copies(ReportModel& model) {
    for (std::size_t i = 0; i < model.judges.size(); ++i) {
        for (std::size_t k = i + 1; k < model.judges.size(); ++k) {
            Alike alike;
            for (std::size_t v = 1; v < model.variants.size(); ++v) {
                const auto judges = by_judge(model, v);
                add_alike(alike, *judges[i], *judges[k]);
            }
            const report::ReportJudge &a = model.judges[i], &b = model.judges[k];
            const auto version = std::find_first_of(
                a.versions.begin(), a.versions.end(), b.versions.begin(), b.versions.end());
            std::string what;
            if (version != a.versions.end()) {
                what = fmt::format("the replies of both name the model {}", *version);
            } else if (alike.n_decisive >= kFewestForACopy && alike.n_same == alike.n) {
                what = fmt::format("they said the same of all {}",
                                   analysis::count_of(alike.n, "comparison"));
            }
            if (!what.empty()) {
                model.warnings.push_back(
                    fmt::format("{} and {} of the panel: {}. If they are one model, it has two "
                                "votes, and the panel is one judge fewer than it looks.",
                                a.name,
                                b.name,
                                what));
            }
        }
    }
}

}  // namespace

void add_panel(ReportModel& model,
               const StoredRun& stored,
               const AnalysisSettings& settings,
               const std::vector<std::string>& equal_answers) {
    if (!stored.plan.judging.panel) {
        return;
    }
    report::ReportPanel& panel = model.panel.emplace();
    panel.comparisons.reserve(model.variants.size() - 1);  // the rungs point into it
    std::vector<analysis::Rung> rungs;
    for (std::size_t v = 1; v < model.variants.size(); ++v) {
        ReportComparison& comparison = panel.comparisons.emplace_back(
            panel_comparison(model, stored, v, settings));
        if (auto correlation = correlation_of(model, stored, comparison.analysis.variant)) {
            panel.correlations.push_back(std::move(*correlation));
        }
        gate(model, comparison, v, equal_answers[v], stored.plan.analysis.accept_equal_answers);
        if (comparison.analysis.variant != stored.plan.known_bad) {
            rungs.push_back({&comparison.analysis, stored.variants[v].size_bytes()});
        }
    }
    apply_known_bad(stored.plan.known_bad, panel.comparisons);
    analysis::decide_claims(rungs, settings);
    for (std::size_t v = 1; v < model.variants.size(); ++v) {
        warn_of_dissent(model, panel.comparisons[v - 1], v);
    }
    warn_of_copies(model);
}

void refuse_judge_twice(const Plan& plan, const std::vector<JudgeFacts>& judges) {
    if (!plan.judging.panel) {
        return;
    }
    for (std::size_t i = 0; i < judges.size(); ++i) {
        for (std::size_t k = i + 1; k < judges.size(); ++k) {
            if (judges[i].key == judges[k].key) {
                throw_usage(fmt::format("{} is the same judge as {}, so its verdicts would count "
                                        "twice in the panel",
                                        judges[k].name,
                                        judges[i].name),
                            "judges",
                            "Name it once.");
            }
        }
    }
}

}  // namespace assay::run
