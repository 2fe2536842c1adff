#include "assay/app/sample_waves.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string_view>

#include "assay/analysis/design.hpp"
#include "assay/run/build_report.hpp"
#include "assay/run/note_shown.hpp"
#include "assay/run/taken_looks.hpp"

namespace assay::app {
namespace {

bool looks_at_samples(const Plan& plan) {
    return plan.generation.samples == kAutoSamples;
}

}  // namespace

void want_samples(const RunContext& context,
                  std::span<const std::unique_ptr<VariantRun>> variants) {
    const int first = context.plan.generation.first_samples();
    int most = first;
    for (const auto& variant : variants.subspan(1)) {
        int n = first;
        if (looks_at_samples(context.plan)) {
            const auto look = run::taken_look(*context.store, variant->spec.name);
            n = look ? look->n_samples : first;
        }
        variant->want_samples(n);
        most = std::max(most, n);
    }
    variants.front()->want_samples(most);
}

void keep_samples(const RunContext& context,
                  std::span<const std::unique_ptr<VariantRun>> variants) {
    if (!looks_at_samples(context.plan)) {
        return;
    }
    int most = kFirstSamples;
    for (const auto& variant : variants.subspan(1)) {
        const auto look = run::taken_look_of(
            *context.store, context.questions.front().id, variants.front()->facts, variant->facts);
        const int n = look ? look->n_samples : kFirstSamples;
        variant->keep_samples(n);
        variant->facts.n_samples = n;
        most = std::max(most, n);
    }
    variants.front()->keep_samples(most);
    variants.front()->facts.n_samples = most;
}

namespace {

/// What the looks of one pass came to.
struct Looks {
    bool any = false;       ///< one was taken
    bool any_more = false;  ///< one asked for further samples
    bool any_stopped = false;
    bool all_judged = true;
};

/// The report of a run whose look is still to come does not say what it waits for.
void note_no_look(RunContext& context, const ComparisonAnalysis& analysis) {
    if (analysis.counts.not_judged == 0) {
        context.progress.note(
            fmt::format("{}: no look at its samples yet, as nothing is measured: {}",
                        analysis.variant,
                        analysis.decision.why));
    }
}

/// Each look that is taken may be what the others wait for: a known-bad variant gates them.
Looks take_looks_once(RunContext& context) {
    run::StoredRun stored(*context.store, context.plan_sha256);
    stored.is_looking = true;
    const report::ReportModel model = run::build_report(stored);
    const double design_effect = analysis::planned_cluster_effect(context.in_clusters,
                                                                  context.plan.analysis);
    Looks out;
    for (const report::ReportComparison* comparison : report::deciding_comparisons(model)) {
        const std::size_t v = stored.variant_index(comparison->analysis.variant);
        if (!is_look_to_come(stored, v)) {
            continue;
        }
        auto look = run::look_at(*comparison, context.plan.analysis, design_effect);
        if (!look) {
            note_no_look(context, comparison->analysis);
            out.all_judged = out.all_judged && comparison->analysis.counts.not_judged == 0;
            continue;
        }
        look->first_pair = run::first_pair_of(
            context.questions.front().id, stored.facts.variants.front(), stored.facts.variants[v]);
        run::keep_look(*context.store, stored.variants[v].name, *look);
        context.progress.note(run::sentence_of(*look, stored.variants[v].name));
        out.any = true;
        out.any_more = out.any_more || look->n_samples > kFirstSamples;
        out.any_stopped = out.any_stopped || look->stopped;
    }
    return out;
}

/// What a look said was told on the terminal, and further samples take long: whoever changes the
/// experiment meanwhile has seen a decision.
void note_what_looks_said(RunContext& context) {
    run::StoredRun stored(*context.store, context.plan_sha256);
    static_cast<void>(run::report_to_show(*context.store, stored));
}

}  // namespace

bool take_looks(RunContext& context) {
    if (!looks_at_samples(context.plan)) {
        return false;
    }
    Looks all;
    for (Looks now{.any = true}; now.any;) {
        now = take_looks_once(context);
        all.any_more = all.any_more || now.any_more;
        all.any_stopped = all.any_stopped || now.any_stopped;
        all.all_judged = now.all_judged;
    }
    if (!all.any_more || !all.all_judged) {
        return false;
    }
    if (all.any_stopped) {
        note_what_looks_said(context);
    }
    return true;
}

bool is_look_to_come(const run::StoredRun& stored, std::size_t variant) {
    return !stored.looks.empty() && !stored.looks[variant];
}

std::vector<Comparison> beyond_the_plan(const Plan& plan,
                                        std::span<const Comparison> before,
                                        std::vector<Comparison> added) {
    if (!looks_at_samples(plan)) {
        return added;
    }
    std::set<std::string_view> asked;
    for (const Comparison& comparison : before) {
        asked.insert(comparison.question_id);
    }
    std::erase_if(added, [&](const Comparison& comparison) {
        return asked.contains(comparison.question_id);
    });
    return added;
}

}  // namespace assay::app
