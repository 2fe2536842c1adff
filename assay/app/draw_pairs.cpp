#include "assay/app/draw_pairs.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "assay/app/sample_waves.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/run/asked.hpp"
#include "assay/run/extensions.hpp"
#include "assay/run/shown_history.hpp"

namespace assay::app {
namespace {

/// What the draw of a variant's comparisons needs.
struct Drawing {
    std::vector<pairing::PairInput> inputs;
    std::vector<std::string> ids;  ///< of their comparisons
};

Drawing drawing_of(const RunContext& context,
                   const VariantRun& baseline,
                   const VariantRun& variant) {
    const store::Store& store = *context.store;
    const std::vector<std::string>& baseline_keys = baseline.facts.keys_for_judges();
    const std::vector<std::string>& variant_keys = variant.facts.keys_for_judges();
    Drawing out;
    for (std::size_t i = 0; i < variant_keys.size(); ++i) {
        const auto of_baseline = store.answer(baseline_keys[i]);
        const auto of_variant = store.answer(variant_keys[i]);
        auto input = pairing::make_pair_input(
            context.in_clusters[i % context.questions.size()],
            {baseline_keys[i], of_baseline ? &of_baseline->answer : nullptr},
            {variant_keys[i], of_variant ? &of_variant->answer : nullptr});
        if (!input) {
            continue;
        }
        input->sample = static_cast<int>(i / context.questions.size());
        out.ids.push_back(pairing::comparison_id(
            input->question_id, input->baseline_answer_key, input->variant_answer_key));
        out.inputs.push_back(std::move(*input));
    }
    return out;
}

}  // namespace

void draw_missing_pairs(RunContext& context,
                        std::span<const std::unique_ptr<VariantRun>> variants) {
    store::Store& store = *context.store;
    std::vector<Drawing> drawings;
    for (const auto& variant : variants.subspan(1)) {
        drawings.push_back(drawing_of(context, *variants.front(), *variant));
    }
    const bool extends = run::has_history(store) &&
                         std::any_of(drawings.begin(), drawings.end(), [&](const auto& each) {
                             return !store.comparisons(each.ids).empty();
                         });
    for (std::size_t i = 1; i < variants.size(); ++i) {
        const Drawing& drawing = drawings[i - 1];
        VariantRun& variant = *variants[i];
        // Two variants with the same answers share what the first of them drew.
        const std::vector<Comparison> before = store.comparisons(drawing.ids);
        const std::vector<Comparison> added = pairing::draw_comparisons(
            drawing.inputs, before, variant.variant.name, context.plan.blinding_seed);
        if (extends) {
            run::note_extension(store, beyond_the_plan(context.plan, before, added));
        }
        store.save_comparisons(added);
        variant.comparisons = store.comparisons(drawing.ids);
        run::sort_in_judging_order(variant.comparisons);
        variant.n_paired_before = std::ssize(before);
    }
}

}  // namespace assay::app
