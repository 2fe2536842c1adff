#include "assay/run/build_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <set>

#include "assay/analysis/analyse.hpp"
#include "assay/analysis/claims.hpp"
#include "assay/analysis/controls.hpp"
#include "assay/analysis/judge_cost.hpp"
#include "assay/analysis/recommend.hpp"
#include "assay/analysis/repeats.hpp"
#include "assay/base/text.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/pairing/unblind.hpp"
#include "assay/run/asked.hpp"
#include "assay/run/batch_notes.hpp"
#include "assay/run/build_audit.hpp"
#include "assay/run/failure_mode_counter.hpp"
#include "assay/run/run_facts.hpp"
#include "assay/run/tag_counter.hpp"

namespace assay::run {
namespace {

/// One plan of a store, with what every part of a report looks at.
class StoredPlan {
 public:
    StoredPlan(const store::Store& store,
               const std::string& plan_sha256,
               const std::optional<AnalysisSettings>& settings = std::nullopt)
        : store_(store) {
        const auto plans = store.plans();
        const auto record = std::find_if(plans.rbegin(), plans.rend(), [&](const auto& plan) {
            return plan.sha256 == plan_sha256;
        });
        ASSAY_CHECK(record != plans.rend());
        record_ = *record;
        auto plan = config::plan_from_json(record_.json);
        if (!plan) {
            throw Error(ErrorKind::kOperational, plan.error());
        }
        plan_ = std::move(*plan);
        own_analysis_ = plan_.analysis;
        if (settings) {
            plan_.analysis = *settings;
        }
        auto facts = load_facts(store, plan_sha256);
        if (!facts) {
            throw_usage(
                "the run was stopped before its prompts were made: there is nothing to report yet",
                {},
                "Run it again with the same command.");
        }
        facts_ = std::move(*facts);
        questions_ = store.questions(plan_sha256);
        variants_ = store.variants(plan_sha256);
        ASSAY_CHECK(variants_.size() == facts_.variants.size());
    }

    [[nodiscard]] std::vector<std::optional<Answer>> answers(std::size_t variant) const {
        std::vector<std::optional<Answer>> out;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            const auto row = store_.answer(facts_.variants[variant].answer_keys[q]);
            out.push_back(row ? std::optional(row->answer) : std::nullopt);
            if (out.back()) {
                out.back()->question_id = questions_[q].id;  // equal prompts share an answer
            }
        }
        return out;
    }

    /// What a judge is asked of a variant. A question without a comparison (no answer of the
    /// baseline, or not drawn yet) is not there.
    [[nodiscard]] Asked asked(std::size_t variant, const JudgeFacts& judge) const {
        std::vector<Comparison> drawn;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            auto comparison = store_.comparison(
                pairing::comparison_id(questions_[q].id,
                                       facts_.variants[0].answer_keys[q],
                                       facts_.variants[variant].answer_keys[q]));
            if (comparison) {
                drawn.push_back(std::move(*comparison));
            }
        }
        sort_in_judging_order(drawn);
        return asked_of(plan_, judge.judge, drawn);
    }

    [[nodiscard]] std::size_t index_of_variant(const std::string& name) const {
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            if (variants_[i].name == name) {
                return i;
            }
        }
        throw_usage(fmt::format("no variant \"{}\" in this run", name));
    }
    [[nodiscard]] const JudgeFacts& judge(const std::string& name) const {
        for (const JudgeFacts& judge : facts_.judges) {
            if (judge.judge.name == name) {
                return judge;
            }
        }
        throw_usage(fmt::format("no judge \"{}\" in this run", name));
    }

    const store::Store& store_;
    store::PlanRecord record_;
    Plan plan_;
    AnalysisSettings own_analysis_;  ///< the plan's, where others were asked for
    RunFacts facts_;
    std::vector<Question> questions_;
    std::vector<Variant> variants_;
};

report::ReportExperiment experiment_of(const StoredPlan& stored) {
    report::ReportExperiment out;
    out.name = stored.plan_.name;
    out.plan_sha256 = stored.record_.sha256;
    out.plan_json = stored.record_.json;
    out.n_questions = static_cast<std::int64_t>(stored.questions_.size());
    out.margin = stored.plan_.analysis.margin;
    out.alpha = stored.plan_.analysis.alpha;
    out.dataset_file = std::filesystem::path(stored.plan_.dataset.file).filename().string();
    out.dataset_sha256 = stored.facts_.dataset_sha256;
    out.generation = stored.plan_.generation;
    out.blinding_seed = stored.plan_.blinding_seed;
    out.multiplicity = stored.plan_.analysis.multiplicity;
    out.known_bad = stored.plan_.known_bad;
    out.command = stored.facts_.command;
    const auto frozen = stored.store_.frozen_analysis();
    const double margin = frozen ? frozen->margin : stored.own_analysis_.margin,
                 alpha = frozen ? frozen->alpha : stored.own_analysis_.alpha;
    if (margin != out.margin || alpha != out.alpha) {
        out.exploratory = true;
        out.exploratory_why = fmt::format(
            "{} margin {} and alpha {}, and this report uses margin {} and alpha {}",
            frozen ? "the first verdict was stored under" : "the run has",
            margin,
            alpha,
            out.margin,
            out.alpha);
    }
    if (const auto design = stored.store_.note(kFrozenDesign);
        design && *design != design_of(stored.plan_.analysis)) {
        out.exploratory_why += fmt::format(
            "{}the first verdict was stored under {}, and this report uses {}",
            out.exploratory ? "; " : "",
            *design,
            design_of(stored.plan_.analysis));
        out.exploratory = true;
    }
    return out;
}

/// Decode steps that an answer took part in: its first token comes with the prompt, and the token
/// that ends a text takes a step too.
std::int64_t decode_steps(const Answer& answer) {
    return answer.n_tokens() - (answer.stop_reason == StopReason::kLength ? 1 : 0);
}

report::ReportVariant variant_of(const StoredPlan& stored, std::size_t index) {
    report::ReportVariant out;
    out.variant = stored.variants_[index];
    out.engine = stored.facts_.variants[index].engine;
    double prefill_ms = 0, decode_ms = 0;
    std::int64_t prefill_tokens = 0, steps = 0;
    for (const auto& answer : stored.answers(index)) {
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
        decode_ms += answer->decode_ms;
        prefill_tokens += answer->n_computed_tokens;
        steps += decode_steps(*answer);
    }
    Speed speed;
    speed.n_parallel = stored.facts_.variants[index].n_parallel;
    if (prefill_ms > 0) {
        speed.prefill_tokens_per_s = static_cast<double>(prefill_tokens) / prefill_ms * 1000;
    }
    if (decode_ms > 0) {
        speed.decode_tokens_per_s = static_cast<double>(steps) / decode_ms * 1000;
    }
    for (const store::EngineSession& session : stored.store_.sessions(out.variant.file.sha256)) {
        if (session.engine.fingerprint != out.engine.fingerprint) {
            continue;
        }
        speed.n_parallel = session.n_parallel;
        speed.peak_memory_bytes = std::max(speed.peak_memory_bytes, session.peak_memory_bytes);
        out.independence.n_checked += session.n_checked;
        out.independence.n_equal += session.n_equal;
    }
    if (prefill_ms > 0 || decode_ms > 0) {
        out.speed = speed;
    }
    out.independence.note =
        !out.variant.runs_here() ? "No answer was made a second time: they were not made here."
        : out.independence.n_checked == 0
            ? "No answer was computed a second time."
            : "They were computed a second time, alone in the batch and in another slot; tokens "
              "and bits of the logits were compared over the first 16 tokens.";
    return out;
}

struct JudgedComparison {
    Comparison comparison;
    std::optional<Verdict> verdict;
};

/// The comparisons of a variant that count, in judging order, with what a judge said of them.
std::vector<JudgedComparison> judged_comparisons(const StoredPlan& stored,
                                                 std::size_t index,
                                                 const JudgeFacts& judge) {
    std::vector<JudgedComparison> out;
    for (Comparison& comparison : stored.asked(index, judge).in_order) {
        std::optional<Verdict> verdict;
        if (const auto row = stored.store_.verdict(comparison.id, judge.key)) {
            verdict = row->verdict;
        }
        out.push_back({std::move(comparison), std::move(verdict)});
    }
    return out;
}

/// Whether judging stopped before the comparison at this place of the order: then whatever is known
/// of it counts for nothing.
bool is_left_out(const ComparisonAnalysis& analysis, std::size_t place) {
    return analysis.stopping && analysis.stopping->stopped_early &&
           static_cast<std::int64_t>(place) >= analysis.stopping->n_used;
}

/// Of a question without a comparison: the baseline gave no answer, or it is not drawn yet.
Outcome outcome_without_comparison(const Question& question,
                                   const std::optional<Answer>& baseline) {
    Outcome out;
    out.question_id = question.id;
    out.cluster = question.cluster;
    out.kind = baseline && baseline->stop_reason == StopReason::kFailed
                   ? OutcomeKind::kNoAnswerBaseline
                   : OutcomeKind::kNotJudged;
    return out;
}

/// `extended` is set where comparisons were added after the decision had been shown.
report::ReportComparison comparison_of(const StoredPlan& stored,
                                       std::size_t index,
                                       const JudgeFacts& judge,
                                       bool& extended) {
    const std::vector<JudgedComparison> judged = judged_comparisons(stored, index, judge);
    const std::set<std::string> turned = load_unbound(stored.store_, judge.key).turned;
    const auto baseline = stored.answers(0);
    const auto variant = stored.answers(index);
    std::map<std::string, std::vector<std::size_t>> rows_of;  // question id -> places in `judged`
    for (std::size_t place = 0; place < judged.size(); ++place) {
        rows_of[judged[place].comparison.question_id].push_back(place);
    }

    report::ReportComparison out;
    std::vector<Outcome> in_order(judged.size());
    std::vector<std::size_t> item_of(judged.size());
    for (std::size_t q = 0; q < stored.questions_.size(); ++q) {
        const Question& question = stored.questions_[q];
        report::JudgedItem item;
        item.question = question.text;
        item.expected = question.expected;
        if (baseline[q]) {
            item.baseline_answer = baseline[q]->text;
        }
        if (variant[q]) {
            item.variant_answer = variant[q]->text;
        }
        item.outcome = outcome_without_comparison(question, baseline[q]);
        const std::vector<std::size_t>& rows = rows_of[question.id];
        if (rows.empty()) {
            if (item.outcome.kind == OutcomeKind::kNoAnswerBaseline) {
                item.failure = baseline[q]->failure;
            }
            for (int order = 0; order < (judge.judge.both_orders ? 2 : 1); ++order) {
                in_order.push_back(item.outcome);
                out.items.push_back(item);
            }
        }
        for (const std::size_t place : rows) {
            const auto& [comparison, verdict] = judged[place];
            item.comparison_id = comparison.id;
            item.outcome = pairing::make_outcome(question, comparison, verdict);
            if (turned.contains(comparison.id)) {
                item.outcome.variant_is_a = !item.outcome.variant_is_a;
            }
            if (variant[q] && baseline[q]) {
                item.outcome.length_difference = n_characters(variant[q]->text) -
                                                 n_characters(baseline[q]->text);
            }
            item.verdict = verdict ? std::optional(verdict->state) : std::nullopt;
            item.failure = verdict                                   ? verdict->failure
                           : comparison.variant_failed && variant[q] ? variant[q]->failure
                                                                     : "";
            in_order[place] = item.outcome;
            item_of[place] = out.items.size();
            out.items.push_back(item);
        }
    }
    std::vector<Comparison> comparisons;
    for (const JudgedComparison& row : judged) {
        comparisons.push_back(row.comparison);
    }
    const std::int64_t n_planned = planned_comparisons(stored.store_, judge.key, comparisons);
    extended = extended || n_planned < static_cast<std::int64_t>(judged.size());
    const auto n_without = static_cast<std::int64_t>(in_order.size() - judged.size());
    out.analysis = analysis::analyse_in_order(
        in_order, {n_planned + n_without, judge.judge.costs_nothing}, stored.plan_.analysis);
    TagCounter tags;
    for (std::size_t place = 0; place < judged.size(); ++place) {
        if (!is_left_out(out.analysis, place)) {
            if (judged[place].verdict) {
                tags.add(judged[place].comparison, *judged[place].verdict);
            }
            continue;
        }
        out.items[item_of[place]].outcome.kind = OutcomeKind::kNotJudged;
        out.items[item_of[place]].verdict.reset();
    }
    out.tags = tags.rows();
    out.analysis.variant = stored.variants_[index].name;
    out.analysis.baseline = stored.variants_[0].name;
    out.analysis.judge = judge.judge.name;
    return out;
}

std::vector<Control> controls_of_judge(const StoredPlan& stored, const JudgeFacts& judge) {
    const std::vector<Control> all = controls_of_plan(
        stored.store_, compared_names(stored.facts_), all_answer_keys(stored.facts_));
    return first_controls(all, n_controls_for(judge.judge.costs_nothing, stored.questions_.size()));
}

ControlsSummary controls_summary(const StoredPlan& stored, const JudgeFacts& judge) {
    std::vector<ControlOutcome> outcomes;
    for (const Control& control : controls_of_judge(stored, judge)) {
        const auto row = stored.store_.verdict(control.id, judge.key);
        outcomes.push_back(
            {control.kind, row ? row->verdict.state : VerdictState::kError, control.honest_is_a});
    }
    return analysis::check_controls(outcomes);
}

/// Of each pair that was to be asked again, what the judge said each time.
std::vector<analysis::Askings> askings_of(const StoredPlan& stored,
                                          const JudgeFacts& judge,
                                          const Asked& asked) {
    std::map<std::string, analysis::Askings> by_question;
    const auto add = [&](const Comparison& comparison) {
        const auto row = stored.store_.verdict(comparison.id, judge.key);
        by_question[comparison.question_id].push_back(row ? row->verdict.state
                                                          : VerdictState::kError);
    };
    std::set<std::string> again;
    for (const Comparison& comparison : asked.repeats) {
        again.insert(comparison.question_id);
    }
    for (const Comparison& comparison : asked.in_order) {
        if (comparison.order == 0 && again.contains(comparison.question_id)) {
            add(comparison);
        }
    }
    for (const Comparison& comparison : asked.repeats) {
        add(comparison);
    }
    std::vector<analysis::Askings> out;
    for (auto& [question, askings] : by_question) {
        out.push_back(std::move(askings));
    }
    return out;
}

report::ReportJudge judge_of(const StoredPlan& stored, const JudgeFacts& facts) {
    report::ReportJudge out = facts.judge;
    std::set<std::string> ids;
    std::vector<analysis::Askings> askings;
    std::map<std::string, std::int64_t> versions;
    std::vector<Verdict> verdicts;
    for (std::size_t i = 1; i < stored.variants_.size(); ++i) {
        const Asked asked = stored.asked(i, facts);
        for (const auto* list : {&asked.in_order, &asked.repeats}) {
            for (const Comparison& comparison : *list) {
                ids.insert(comparison.id);
            }
        }
        for (analysis::Askings& of_pair : askings_of(stored, facts, asked)) {
            askings.push_back(std::move(of_pair));
        }
    }
    if (!askings.empty()) {
        out.repeats = analysis::repeat_stability(askings);
    }
    for (const Control& control : controls_of_judge(stored, facts)) {
        ids.insert(control.id);
    }
    for (const store::VerdictRow& row : stored.store_.verdicts(facts.key)) {
        if (!ids.contains(row.item_id)) {
            continue;
        }
        out.n_calls += !is_from_cache(row.verdict);
        if (!row.verdict.model_version.empty()) {
            ++versions[row.verdict.model_version];
        }
        if (!is_from_cache(row.verdict)) {
            verdicts.push_back(row.verdict);
        }
    }
    for (const auto& [version, n] : versions) {
        out.versions.push_back(version);
        out.n_by_version.push_back(n);
    }
    const auto spec = std::find_if(stored.plan_.judges.begin(),
                                   stored.plan_.judges.end(),
                                   [&](const JudgeSpec& judge) { return judge.name == out.name; });
    out.cost = analysis::judge_cost(spec != stored.plan_.judges.end() ? *spec : JudgeSpec(),
                                    verdicts);  // without an entry: without prices
    out.controls = controls_summary(stored, facts);
    return out;
}

}  // namespace

report::ReportModel build_report(const store::Store& store,
                                 const std::string& plan_sha256,
                                 const std::optional<AnalysisSettings>& settings) {
    const StoredPlan stored(store, plan_sha256, settings);
    report::ReportModel model;
    model.experiment = experiment_of(stored);
    const FailureModeCounter modes(stored.questions_, stored.plan_.generation, stored.answers(0));
    for (std::size_t i = 0; i < stored.variants_.size(); ++i) {
        model.variants.push_back(variant_of(stored, i));
        if (i > 0) {
            model.variants.back().failure_modes = modes.count(stored.answers(i));
        }
    }
    bool extended = false;
    model.comparisons.reserve(stored.facts_.judges.size() *
                              // the rungs point into it
                              (stored.variants_.size() - 1));
    for (const JudgeFacts& judge : stored.facts_.judges) {
        model.judges.push_back(judge_of(stored, judge));
        std::vector<analysis::Rung> rungs;
        for (std::size_t i = 1; i < stored.variants_.size(); ++i) {
            ComparisonAnalysis& analysis = model.comparisons
                                               .emplace_back(
                                                   comparison_of(stored, i, judge, extended))
                                               .analysis;
            analysis.decision = analysis::gate(analysis.decision, model.judges.back().controls);
            if (analysis.variant != stored.plan_.known_bad) {
                rungs.push_back({&analysis, stored.variants_[i].size_bytes()});
            }
        }
        analysis::decide_claims(rungs, stored.plan_.analysis);
    }
    add_calibrations(model, stored.plan_.analysis);
    if (extended) {
        model.experiment.exploratory = true;
        model.experiment.exploratory_why += fmt::format(
            "{}comparisons were added after a decision had been shown, so errors are more frequent "
            "than alpha",
            model.experiment.exploratory_why.empty() ? "" : "; ");
    }
    model.recommendation = analysis::recommend(candidates_of(model),
                                               stored.variants_[0].size_bytes());
    model.host = stored.facts_.host;
    model.proof.n_prompts_compared = stored.facts_.n_prompts_compared;
    model.proof.n_prompts_equal = stored.facts_.n_prompts_equal;
    model.proof.same_engine = std::all_of(
        stored.facts_.variants.begin(), stored.facts_.variants.end(), [&](const auto& v) {
            return !v.engine.fingerprint.empty() &&
                   v.engine.fingerprint == stored.facts_.variants[0].engine.fingerprint;
        });
    model.proof.notes = stored.facts_.notes;
    for (const JudgeFacts& judge : stored.facts_.judges) {
        if (std::string sentence = sentence_of(load_unbound(store, judge.key), judge.judge.name);
            !sentence.empty()) {
            model.proof.notes.push_back(std::move(sentence));
        }
    }
    return model;
}

std::vector<analysis::Candidate> candidates_of(const report::ReportModel& model) {
    std::vector<analysis::Candidate> out;
    for (const report::ReportComparison* comparison : report::deciding_comparisons(model)) {
        if (comparison->analysis.variant == model.experiment.known_bad) {
            continue;  // nobody means to ship it
        }
        const Variant& variant = report::find_variant(model, comparison->analysis.variant)->variant;
        out.push_back({comparison->analysis.variant,
                       variant.size_bytes(),
                       variant.file.path,
                       comparison->analysis.decision.label,
                       comparison->analysis.decision.claimed.value_or(true),
                       comparison->analysis.decision.n_more});
    }
    return out;
}

std::vector<exchange::StudyItem> study_items(const store::Store& store,
                                             const std::string& plan_sha256,
                                             const ComparisonAnalysis& analysis) {
    const StoredPlan stored(store, plan_sha256);
    std::vector<exchange::StudyItem> out;
    for (JudgedComparison& row : judged_comparisons(
             stored, stored.index_of_variant(analysis.variant), stored.judge(analysis.judge))) {
        exchange::StudyItem item;
        item.left_out = is_left_out(analysis, out.size());
        item.comparison = std::move(row.comparison);
        item.comparison.variant = analysis.variant;  // two variants with the same file share a
                                                     // comparison's id
        item.baseline = stored.variants_[0].name;
        item.verdict = std::move(row.verdict);
        out.push_back(std::move(item));
    }
    return out;
}

std::vector<exchange::StudyControl> study_controls(const store::Store& store,
                                                   const std::string& plan_sha256,
                                                   const std::string& variant,
                                                   const std::string& judge) {
    const StoredPlan stored(store, plan_sha256);
    const JudgeFacts& facts = stored.judge(judge);
    std::vector<exchange::StudyControl> out;
    for (Control& control : controls_of_judge(stored, facts)) {
        if (control.variant != variant) {
            continue;
        }
        exchange::StudyControl row{std::move(control), std::nullopt};
        if (const auto verdict = store.verdict(row.control.id, facts.key)) {
            row.verdict = verdict->verdict;
        }
        out.push_back(std::move(row));
    }
    return out;
}

std::vector<exchange::StudyAnswer> study_answers(const store::Store& store,
                                                 const std::string& plan_sha256,
                                                 const std::string& variant) {
    const StoredPlan stored(store, plan_sha256);
    const std::size_t index = stored.index_of_variant(variant);
    const auto answers = stored.answers(index);
    const std::string why = stored.variants_[index].answers
                                ? "the answers were made elsewhere and read from a file"
                            : stored.variants_[index].served ? "the server does not tell them"
                                                             : "";
    std::vector<exchange::StudyAnswer> out;
    for (std::size_t q = 0; q < answers.size(); ++q) {
        if (answers[q]) {
            out.push_back({stored.questions_[q], *answers[q], why});
        }
    }
    return out;
}

}  // namespace assay::run
