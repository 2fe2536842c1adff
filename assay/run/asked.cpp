#include "assay/run/asked.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <tuple>
#include <utility>

#include "assay/pairing/draw.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::run {
namespace {

/// A run that goes on with the same comparisons has the same first one; other answers or another
/// order have another.
std::string shown_key(const std::string& judge_key, const Comparison& first) {
    return fmt::format("decision shown {} {}", judge_key, first.id);
}

/// Of each extension, pairs that were drawn before it; of one variant.
std::vector<Comparison> rechecks_of(const Plan& plan,
                                    const Extensions& extensions,
                                    std::span<const Comparison> drawn) {
    const auto n_variants = static_cast<std::int64_t>(
        std::max<std::size_t>(1, plan.variants.size()));
    const auto n_each = static_cast<std::size_t>((kRechecks + n_variants - 1) / n_variants);
    std::vector<Comparison> out;
    for (std::size_t k = 1; k <= extensions.size(); ++k) {
        std::vector<Comparison> before, added;
        for (const Comparison& comparison : drawn) {
            const std::size_t number = number_of(extensions, comparison);
            if (number < k) {
                before.push_back(comparison);
            } else if (number == k) {
                added.push_back(comparison);
            }
        }
        for (Comparison& comparison : pairing::choose_rechecks(
                 before, added, {static_cast<int>(k), n_each, plan.blinding_seed})) {
            out.push_back(std::move(comparison));
        }
    }
    return out;
}

}  // namespace

std::string design_of(const AnalysisSettings& settings, const GenerationSettings& generation) {
    std::string out = fmt::format(
        "stopping {}, multiplicity {}", settings.stopping, settings.multiplicity);
    if (settings.on_these_questions()) {
        out += ", population " + settings.population;
    }
    if (generation.samples == kAutoSamples) {
        out += ", samples auto";
    }
    return out;
}

void freeze_design(store::Store& store,
                   const AnalysisSettings& settings,
                   const GenerationSettings& generation) {
    store.freeze_analysis(settings.margin, settings.alpha);
    if (!store.note(kFrozenDesign)) {
        store.put_note(kFrozenDesign, design_of(settings, generation));
    }
}

void sort_in_judging_order(std::vector<Comparison>& comparisons) {
    std::sort(comparisons.begin(), comparisons.end(), [](const Comparison& a, const Comparison& b) {
        return std::tie(a.order_index, a.order) < std::tie(b.order_index, b.order);
    });
}

std::int64_t planned_comparisons(const store::Store& store,
                                 const std::string& judge_key,
                                 std::span<const Comparison> in_order) {
    const auto n = static_cast<std::int64_t>(in_order.size());
    if (in_order.empty()) {
        return n;
    }
    const auto note = store.note(shown_key(judge_key, in_order.front()));
    return note ? std::stoll(*note) : n;
}

bool decision_was_shown(const store::Store& store,
                        const std::string& judge_key,
                        std::span<const Comparison> in_order) {
    return !in_order.empty() && store.note(shown_key(judge_key, in_order.front())).has_value();
}

void note_decision_shown(store::Store& store,
                         const std::string& judge_key,
                         std::span<const Comparison> in_order) {
    if (in_order.empty() || decision_was_shown(store, judge_key, in_order)) {
        return;
    }
    store.put_note(shown_key(judge_key, in_order.front()), std::to_string(in_order.size()));
}

std::vector<Control> controls_of_plan(const store::Store& store,
                                      std::span<const std::string> variants,
                                      const std::set<std::string>& answer_keys) {
    std::vector<Control> out;
    for (Control& control : store.controls()) {
        if (std::find(variants.begin(), variants.end(), control.variant) == variants.end()) {
            continue;
        }
        if (answer_keys.contains(control.honest_answer_key) &&
            answer_keys.contains(control.other_answer_key)) {
            out.push_back(std::move(control));
        }
    }
    return out;
}

pairing::ControlNumbers n_controls_for(bool costs_nothing, std::size_t n_questions) {
    pairing::ControlNumbers out{kFewestControls, kDamagedControls};
    if (costs_nothing) {
        out.each = std::max(out.each, static_cast<std::int64_t>(n_questions));
        out.damaged = std::max(out.damaged, static_cast<std::int64_t>(n_questions));
    }
    return out;
}

std::vector<Control> first_controls(std::span<const Control> controls,
                                    const pairing::ControlNumbers& wanted) {
    std::vector<Control> out;
    for (const ControlKind kind : kControlKinds) {
        std::vector<Control> of_kind;
        std::copy_if(controls.begin(),
                     controls.end(),
                     std::back_inserter(of_kind),
                     [&](const Control& control) { return control.kind == kind; });
        std::stable_sort(of_kind.begin(), of_kind.end(), [](const Control& a, const Control& b) {
            return a.rank < b.rank;
        });
        const auto n = std::min(of_kind.size(), static_cast<std::size_t>(wanted.of(kind)));
        out.insert(out.end(), of_kind.begin(), of_kind.begin() + static_cast<std::ptrdiff_t>(n));
    }
    return out;
}

std::vector<Control> controls_asked(const store::Store& store,
                                    const RunFacts& facts,
                                    const JudgeFacts& judge,
                                    const Extensions& extensions) {
    std::vector<std::vector<Control>> by_extension(extensions.size() + 1);
    for (Control& control :
         controls_of_plan(store, compared_names(facts), all_judged_keys(facts))) {
        by_extension[number_of(extensions, control)].push_back(std::move(control));
    }
    const pairing::ControlNumbers wanted = n_controls_for(
        judge.costs_nothing, facts.variants.front().answer_keys.size());
    std::vector<Control> out;
    for (const std::vector<Control>& of_one : by_extension) {
        for (Control& control : first_controls(of_one, wanted)) {
            out.push_back(std::move(control));
        }
    }
    return out;
}

ComparisonsById comparisons_by_id(const store::Store& store) {
    ComparisonsById out;
    for (Comparison& comparison : store.comparisons()) {
        std::string id = comparison.id;
        out.emplace(std::move(id), std::move(comparison));
    }
    return out;
}

std::vector<Comparison> drawn_comparisons(const ComparisonsById& stored,
                                          std::span<const Question> questions,
                                          const RunFacts& facts,
                                          std::size_t variant) {
    std::vector<Comparison> out;
    const std::vector<std::string>& of_baseline = facts.variants.front().keys_for_judges();
    const std::vector<std::string>& of_variant = facts.variants[variant].keys_for_judges();
    for (std::size_t i = 0; i < of_variant.size(); ++i) {
        const auto found = stored.find(pairing::comparison_id(
            questions[i % questions.size()].id, of_baseline[i], of_variant[i]));
        if (found != stored.end()) {
            out.push_back(found->second);
        }
    }
    sort_in_judging_order(out);
    return out;
}

Asked asked_of(const Plan& plan,
               const JudgeFacts& judge,
               const Extensions& extensions,
               std::span<const Comparison> drawn) {
    Asked out;
    for (const Comparison& comparison : drawn) {
        out.in_order.push_back(comparison);
        if (judge.both_orders) {
            out.in_order.push_back(pairing::in_other_order(comparison));
        }
    }
    // Whoever judges by hand is not asked again.
    if (!judge.costs_nothing && !is_by_hand(judge.provider)) {
        out.repeats = pairing::choose_repeats(
            drawn, plan.judging.repeats, plan.judging.repeat_share, plan.blinding_seed);
        out.rechecks = rechecks_of(plan, extensions, drawn);
    }
    return out;
}

bool is_left_out(const ComparisonAnalysis& analysis, std::size_t place) {
    return analysis.stopping && analysis.stopping->leaves_some_out() &&
           static_cast<std::int64_t>(place) >= analysis.stopping->n_used;
}

}  // namespace assay::run
