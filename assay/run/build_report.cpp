#include "assay/run/build_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <span>

#include "assay/analysis/claims.hpp"
#include "assay/analysis/controls.hpp"
#include "assay/analysis/equal_answers.hpp"
#include "assay/analysis/recheck.hpp"
#include "assay/analysis/recommend.hpp"
#include "assay/base/text.hpp"
#include "assay/retrieval/context_notes.hpp"
#include "assay/run/batch_notes.hpp"
#include "assay/run/build_comparison.hpp"
#include "assay/run/build_panel.hpp"
#include "assay/run/data_notes.hpp"
#include "assay/run/equal_answers.hpp"
#include "assay/run/failure_mode_counter.hpp"
#include "assay/run/fidelity_report.hpp"
#include "assay/run/freeze.hpp"
#include "assay/run/gate_by_verdicts.hpp"
#include "assay/run/raters.hpp"
#include "assay/run/report_judge.hpp"
#include "assay/run/retrieval_report.hpp"
#include "assay/run/said_answers.hpp"
#include "assay/stats/robust.hpp"

namespace assay::run {
namespace {

/// Says why the report is exploratory, after what was said before.
void add_exploratory(report::ReportExperiment& experiment, const std::string& why) {
    experiment.exploratory = true;
    experiment.exploratory_why += (experiment.exploratory_why.empty() ? "" : "; ") + why;
    experiment.exploratory_reasons.push_back(why);
}

report::ReportExperiment experiment_of(const StoredRun& stored, const AnalysisSettings& settings) {
    report::ReportExperiment out;
    out.name = stored.plan.name;
    out.plan_sha256 = stored.record.sha256;
    out.plan_json = stored.record.json;
    out.n_questions = static_cast<std::int64_t>(stored.questions.size());
    out.margin = settings.margin;
    out.alpha = settings.alpha;
    out.dataset_file = std::filesystem::path(stored.plan.dataset.file).filename().string();
    out.dataset_sha256 = stored.facts.dataset_sha256;
    out.generation = stored.plan.generation;
    out.blinding_seed = stored.plan.blinding_seed;
    out.multiplicity = settings.multiplicity;
    out.on_these_questions = settings.on_these_questions();
    out.known_bad = stored.plan.known_bad;
    out.command = stored.facts.command;
    const double margin = stored.frozen ? stored.frozen->margin : stored.plan.analysis.margin;
    const double alpha = stored.frozen ? stored.frozen->alpha : stored.plan.analysis.alpha;
    if (margin != out.margin || alpha != out.alpha) {
        add_exploratory(
            out,
            fmt::format("{} margin {} and alpha {}, and this report uses margin {} and alpha {}",
                        stored.frozen ? "the first verdict was stored under" : "the run has",
                        margin,
                        alpha,
                        out.margin,
                        out.alpha));
    }
    const std::string design = design_of(settings, stored.plan.generation);
    if (stored.frozen_design && *stored.frozen_design != design) {
        add_exploratory(
            out,
            fmt::format("the first verdict was stored under {}, and this report uses {}",
                        *stored.frozen_design,
                        design));
    } else if (!stored.frozen_design && stored.frozen && settings.on_these_questions()) {
        add_exploratory(out,
                        "the first verdict was stored by an earlier version, which did not know "
                        "population these-questions");
    }
    return out;
}

std::string independence_note(const report::ReportVariant& variant) {
    if (!variant.variant.runs_here()) {
        return "No answer was made a second time: they were not made here.";
    }
    if (variant.independence.n_checked == 0) {
        return "No answer was computed a second time.";
    }
    return "They were computed a second time, alone in the batch and in another slot; tokens and "
           "bits of the logits were compared over the first 16 tokens.";
}

report::ReportVariant variant_of(const StoredRun& stored, std::size_t index) {
    report::ReportVariant out;
    out.variant = stored.variants[index];
    out.engine = stored.facts.variants[index].engine;
    out.recipe = index == 0 ? stored.plan.baseline.recipe : stored.plan.variants[index - 1].recipe;
    out.kv_bytes_per_token = stored.facts.variants[index].kv_bytes_per_token;
    double prefill_ms = 0, decode_ms = 0;
    std::vector<double> prompt_ms;
    std::int64_t prefill_tokens = 0, steps = 0;
    for (const auto& answer : stored.answers[index]) {
        if (!answer) {
            continue;
        }
        ++out.n_answers;
        out.n_failed += answer->stop_reason == StopReason::kFailed;
        out.n_length_stop += answer->stop_reason == StopReason::kLength;
        out.n_contexts_cut += answer->contexts_cut;
        out.n_unknown_stop += answer->stop_reason == StopReason::kUnknown;
        out.n_unknown_contexts += answer->n_contexts_used == kContextsUnknown;
        if (answer->stop_reason == StopReason::kFailed) {
            continue;
        }
        out.n_empty += trim(answer->text).empty();
        prefill_ms += answer->prefill_ms;
        if (answer->prefill_ms > 0) {
            prompt_ms.push_back(answer->prefill_ms);
        }
        prefill_tokens += answer->n_computed_tokens;
        if (answer->n_decode_steps() > 0) {
            decode_ms += answer->decode_ms;
            steps += answer->n_decode_steps();
        }
    }
    out.prompt_ms = stats::median(prompt_ms).value_or(0);
    Speed speed;
    speed.n_parallel = stored.facts.variants[index].n_parallel;
    if (prefill_ms > 0) {
        speed.prefill_tokens_per_s = static_cast<double>(prefill_tokens) / prefill_ms * 1000;
    }
    if (decode_ms > 0) {
        speed.decode_tokens_per_s = static_cast<double>(steps) / decode_ms * 1000;
    }
    for (const store::EngineSession& session : stored.sessions[index]) {
        if (session.engine.fingerprint != stored.facts.variants[index].session_fingerprint()) {
            continue;
        }
        speed.n_parallel = session.n_parallel;
        speed.peak_memory_bytes = std::max(speed.peak_memory_bytes, session.peak_memory_bytes);
        if (session.load_ms > 0) {
            speed.load_s = session.load_ms / 1000;
        }
        out.independence.n_checked += session.n_checked;
        out.independence.n_equal += session.n_equal;
    }
    if (prefill_ms > 0 || decode_ms > 0) {
        out.speed = speed;
    }
    out.independence.note = independence_note(out);
    return out;
}

std::span<report::ReportComparison> comparisons_of_last_judge(report::ReportModel& model,
                                                              const StoredRun& stored) {
    return std::span(model.comparisons).last(stored.variants.size() - 1);
}

/// Of the run's first comparisons, and of the extensions that the decision rests on.
void gate_by_controls(ComparisonAnalysis& analysis, const report::ReportJudge& judge) {
    analysis.decision = analysis::gate(analysis.decision, judge.controls);
    for (const ExtensionSummary& extension : judge.extensions) {
        const auto& variants = extension.variants;
        if (std::find(variants.begin(), variants.end(), analysis.variant) != variants.end()) {
            analysis.decision = analysis::gate_extension(analysis.decision, extension);
        }
    }
}

/// Fills judges and comparisons. True: comparisons were added after a decision had been shown.
bool add_judges(report::ReportModel& model,
                const StoredRun& stored,
                const AnalysisSettings& settings,
                const std::vector<std::string>& equal_answers) {
    bool extended = false;
    // The rungs point into it.
    model.comparisons.reserve(stored.judges.size() * (stored.variants.size() - 1));
    for (const StoredJudge& judge : stored.judges) {
        model.judges.push_back(report_judge_of(stored, judge));
        std::vector<analysis::Rung> rungs;
        for (std::size_t v = 1; v < stored.variants.size(); ++v) {
            model.comparisons.push_back(comparison_of(stored, v, judge, settings));
            const auto n = static_cast<std::int64_t>(judge.asked[v].in_order.size());
            extended = extended || judge.n_planned[v] < n;
            ComparisonAnalysis& analysis = model.comparisons.back().analysis;
            gate_by_controls(analysis, model.judges.back());
            analysis.decision = analysis::gate_equal_answers(
                analysis.decision, equal_answers[v], stored.plan.analysis.accept_equal_answers);
            if (analysis.variant != stored.plan.known_bad) {
                rungs.push_back({&analysis, stored.variants[v].size_bytes()});
            }
        }
        gate_by_verdicts(model, comparisons_of_last_judge(model, stored));
        gate_by_sight(
            model, comparisons_of_last_judge(model, stored), stored.plan.analysis.accept_metric);
        apply_known_bad(stored.plan.known_bad, comparisons_of_last_judge(model, stored));
        analysis::decide_claims(rungs, settings);
    }
    return extended;
}

report::EqualityProof proof_of(const StoredRun& stored) {
    report::EqualityProof out;
    out.n_prompts_compared = stored.facts.n_prompts_compared;
    out.n_prompts_equal = stored.facts.n_prompts_equal;
    const std::string& fingerprint = stored.facts.variants.front().engine.fingerprint;
    const auto is_the_same = [&](const VariantFacts& variant) {
        return !variant.engine.fingerprint.empty() && variant.engine.fingerprint == fingerprint;
    };
    out.same_engine = std::all_of(
        stored.facts.variants.begin(), stored.facts.variants.end(), is_the_same);
    out.notes = stored.facts.notes;
    for (std::string& sentence : notes_on_thoughts(stored)) {
        out.notes.push_back(std::move(sentence));
    }
    if (stored.retrieval) {
        for (std::string& sentence :
             retrieval::context_notes(*stored.retrieval, stored.questions)) {
            out.notes.push_back(std::move(sentence));
        }
    }
    for (const StoredJudge& judge : stored.judges) {
        std::string sentence = sentence_of(judge.unbound, judge.facts.name);
        if (!sentence.empty()) {
            out.notes.push_back(std::move(sentence));
        }
    }
    return out;
}

}  // namespace

report::ReportModel build_report(const StoredRun& stored,
                                 const std::optional<AnalysisSettings>& other_settings) {
    const AnalysisSettings& settings = other_settings ? *other_settings : stored.plan.analysis;
    report::ReportModel model;
    model.experiment = experiment_of(stored, settings);
    // Of the first samples: several of one question depend on each other, and the test does not
    // know.
    const auto first_answers = [&](std::size_t v) {
        return std::span(stored.judged_answers(v)).first(stored.questions.size());
    };
    const FailureModeCounter modes(stored.questions, stored.plan.generation, first_answers(0));
    for (std::size_t v = 0; v < stored.variants.size(); ++v) {
        model.variants.push_back(variant_of(stored, v));
        if (v > 0) {
            model.variants.back().failure_modes = modes.count(first_answers(v));
        }
    }
    const std::vector<std::string> equal_answers = equal_answers_of(stored);
    model.warnings = equal_answers_warnings(stored, equal_answers);
    model.data_notes = data_notes_of(stored);
    const bool extended = add_judges(model, stored, settings, equal_answers);
    add_panel(model, stored, settings, equal_answers);
    add_calibrations(model, settings);
    if (extended) {
        add_exploratory(model.experiment,
                        "comparisons were added after a decision had been shown, so errors are "
                        "more frequent than alpha");
    }
    for (const std::string& reason :
         exploratory_reasons(stored.shown, frozen_experiment_of(stored))) {
        add_exploratory(model.experiment, "after a decision had been shown, " + reason);
    }
    for (const ShownEntry& entry : stored.shown) {
        model.decisions_shown.push_back(entry.shown);
    }
    model.recommendation = analysis::recommend(
        candidates_of(model), stored.variants[0].size_bytes(), exploratory_of(model, false));
    add_fidelity(model, stored);
    model.retrieval = retrieval_report_of(stored);
    model.outcomes_by_hit = outcomes_by_hit(stored, model);
    model.host = stored.facts.host;
    model.proof = proof_of(stored);
    return model;
}

report::ReportModel build_report(const store::Store& store,
                                 const std::string& plan_sha256,
                                 const std::optional<AnalysisSettings>& settings) {
    return build_report(StoredRun(store, plan_sha256), settings);
}

analysis::Exploratory exploratory_of(const report::ReportModel& model, bool accepted) {
    return {model.experiment.exploratory, model.experiment.exploratory_why, accepted};
}

namespace {

/// What has to be shipped: the file, and the adapter that it was run with.
std::string path_to_ship(const Variant& variant) {
    const LoraFile* adapter = variant.applied_lora();
    if (adapter == nullptr) {
        return variant.file.path;
    }
    return variant.served ? fmt::format("{} with ADAPTER {}", variant.file.path, adapter->path)
                          : fmt::format("{} with --lora-scaled {}:{}",
                                        variant.file.path,
                                        adapter->path,
                                        adapter->scale);
}

}  // namespace

std::vector<analysis::Candidate> candidates_of(const report::ReportModel& model) {
    std::vector<analysis::Candidate> out;
    for (const report::ReportComparison* comparison : report::deciding_comparisons(model)) {
        if (comparison->analysis.variant == model.experiment.known_bad) {
            continue;  // nobody means to ship it
        }
        const Variant& variant = report::find_variant(model, comparison->analysis.variant)->variant;
        out.push_back({comparison->analysis.variant,
                       variant.size_bytes(),
                       path_to_ship(variant),
                       comparison->analysis.decision.label,
                       comparison->analysis.decision.claimed.value_or(true),
                       comparison->analysis.decision.n_more_ship,
                       report::why_not_measured(*comparison),
                       comparison->analysis.decision.on_these_questions});
    }
    return out;
}

}  // namespace assay::run
