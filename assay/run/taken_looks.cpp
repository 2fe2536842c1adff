#include "assay/run/taken_looks.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <vector>

#include "assay/analysis/samples_look.hpp"
#include "assay/base/result.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/records/names.hpp"
#include "assay/records/outcome.hpp"

namespace assay::run {
namespace {

using nlohmann::json;

std::string note_of(const std::string& variant) {
    return "look at the samples of " + variant;
}

json json_of(const TakenLook& look) {
    return {
        {"first_pair", look.first_pair},
        {"label", name_of(look.label)},
        {"stopped", look.stopped},
        {"n_samples", look.n_samples},
        {"second_moment", look.second_moment},
        {"product", look.product},
        {"reachable", look.reachable},
        {"questions_needed", look.questions_needed ? json(*look.questions_needed) : json(nullptr)}};
}

TakenLook look_of(const json& in) {
    TakenLook out;
    in.at("first_pair").get_to(out.first_pair);
    out.label = decision_label_of(in.at("label").get<std::string>())
                    .value_or(DecisionLabel::kNotMeasured);
    in.at("stopped").get_to(out.stopped);
    in.at("n_samples").get_to(out.n_samples);
    in.at("second_moment").get_to(out.second_moment);
    in.at("product").get_to(out.product);
    in.at("reachable").get_to(out.reachable);
    if (!in.at("questions_needed").is_null()) {
        out.questions_needed = in["questions_needed"].get<std::int64_t>();
    }
    return out;
}

/// The look is at these samples, and at them only.
bool is_intact(const TakenLook& look) {
    return look.n_samples >= kFirstSamples && look.n_samples <= kMostSamples;
}

}  // namespace

std::optional<TakenLook> taken_look(const store::Store& store, const std::string& variant) {
    const auto note = store.note(note_of(variant));
    if (!note) {
        return std::nullopt;
    }
    std::optional<TakenLook> look;
    try {
        look = look_of(json::parse(*note));
    } catch (const json::exception&) {
        look.reset();
    }
    if (!look || !is_intact(*look)) {
        throw_operational(
            fmt::format("the look at the samples of {} is damaged in the store", variant),
            "assay.sqlite");
    }
    return look;
}

std::string first_pair_of(const std::string& first_question,
                          const VariantFacts& baseline,
                          const VariantFacts& variant) {
    return pairing::comparison_id(
        first_question, baseline.answer_keys.front(), variant.answer_keys.front());
}

std::optional<TakenLook> taken_look_of(const store::Store& store,
                                       const std::string& first_question,
                                       const VariantFacts& baseline,
                                       const VariantFacts& variant) {
    auto look = taken_look(store, variant.name);
    if (look && look->first_pair != first_pair_of(first_question, baseline, variant)) {
        look.reset();
    }
    return look;
}

void keep_look(store::Store& store, const std::string& variant, const TakenLook& look) {
    store.put_note(note_of(variant), json_of(look).dump());
}

std::optional<TakenLook> look_at(const report::ReportComparison& comparison,
                                 const AnalysisSettings& settings,
                                 double cluster_design_effect) {
    const ComparisonAnalysis& analysis = comparison.analysis;
    if (analysis.counts.not_judged > 0 || analysis.decision.label == DecisionLabel::kNotMeasured) {
        return std::nullopt;
    }
    const analysis::SamplesLook look = analysis::look_at_samples(
        analysis.decision,
        report::outcomes_of(comparison),
        settings,
        {.cluster_design_effect = cluster_design_effect});
    TakenLook out;
    out.label = analysis.decision.label;
    out.stopped = look.stops;
    out.n_samples = kFirstSamples;
    out.second_moment = look.moments.second_moment;
    out.product = look.moments.product;
    if (look.chosen) {
        out.n_samples = static_cast<int>(look.chosen->k);
        out.reachable = look.chosen->reachable;
        out.questions_needed = look.chosen->questions_needed;
    }
    return out;
}

std::string sentence_of(const TakenLook& look, const std::string& variant) {
    const std::string seen = fmt::format(
        "{}: the look at {} samples of each question", variant, kFirstSamples);
    if (look.stopped) {
        return fmt::format("{} says {}; no more are asked for", seen, name_of(look.label));
    }
    if (look.n_samples == kFirstSamples) {
        return seen + " asks for no more";
    }
    return fmt::format("{} asks for {} in all", seen, look.n_samples);
}

}  // namespace assay::run
