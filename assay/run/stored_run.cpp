// A finished run, read back.
//
// Problem: report, audit, trace, the study's files and the check of all of them look at the same
// rows. Read row by row, for each of them anew, 30,000 comparisons are some 500,000 queries.
// Model: each table is read once, whole, and joined here by keys: a plan's facts name the keys of
// its answers, two keys and a question are the id of a comparison, and an id and a judge's key are
// a verdict. What belongs to the plan is what these keys reach; the store may hold more, of earlier
// plans.
// Invariant: nothing is decided here that the spine decides, too. Which comparisons and controls a
// judge is asked, and in which order, says run/asked, and the spine asks it as well. So a report
// shows what was asked, and the same store gives the same StoredRun.

#include "assay/run/stored_run.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "assay/analysis/copies.hpp"
#include "assay/base/result.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/run/taken_looks.hpp"

namespace assay::run {
namespace {

store::PlanRecord record_of(const store::Store& store, const std::string& plan_sha256) {
    const auto plans = store.plans();
    const auto record = std::find_if(
        plans.rbegin(), plans.rend(), [&](const auto& plan) { return plan.sha256 == plan_sha256; });
    ASSAY_CHECK(record != plans.rend());
    return *record;
}

Plan plan_of(const store::PlanRecord& record) {
    auto plan = config::plan_from_json(record.json);
    if (!plan) {
        throw Error(ErrorKind::kOperational, plan.error());
    }
    return std::move(*plan);
}

RunFacts facts_of(const store::Store& store, const std::string& plan_sha256) {
    auto facts = load_facts(store, plan_sha256);
    if (!facts) {
        throw_usage(
            "the run was stopped before its prompts were made: there is nothing to report yet",
            {},
            "Run it again with the same command.");
    }
    return std::move(*facts);
}

/// Where a run was stopped while it was being extended, its questions or variants are those of the
/// new run already, and its facts are still those of the old one.
void refuse_half_extended(const StoredRun& run) {
    const auto has_a_key_each = [&](const VariantFacts& variant) {
        const std::size_t n_keys = run.questions.size() *
                                   static_cast<std::size_t>(run.n_samples(variant));
        return n_keys > 0 && variant.answer_keys.size() == n_keys &&
               variant.keys_for_judges().size() == n_keys;
    };
    if (run.facts.variants.empty() || run.variants.size() != run.facts.variants.size() ||
        !std::all_of(run.facts.variants.begin(), run.facts.variants.end(), has_a_key_each)) {
        throw_usage(
            "the run was stopped while it was being extended: there is nothing to report yet",
            {},
            "Run it again with the same command.");
    }
}

}  // namespace

const Verdict* StoredJudge::verdict(const std::string& item_id) const {
    const auto found = verdicts.find(item_id);
    return found == verdicts.end() ? nullptr : &found->second;
}

StoredRun::StoredRun(const store::Store& store, const std::string& plan_sha256)
    : record(record_of(store, plan_sha256)),
      plan(plan_of(record)),
      facts(facts_of(store, plan_sha256)),
      frozen(store.frozen_analysis()),
      frozen_design(store.note(kFrozenDesign)),
      questions(analysis::with_copies_joined(store.questions(plan_sha256))),
      variants(store.variants(plan_sha256)) {
    refuse_half_extended(*this);
    if (plan.generation.samples == kAutoSamples) {
        for (std::size_t v = 0; v < variants.size(); ++v) {
            looks.push_back(taken_look_of(
                store, questions.front().id, facts.variants.front(), facts.variants[v]));
        }
    }
    for (std::size_t q = 0; q < questions.size(); ++q) {
        question_places_.emplace(questions[q].id, q);
    }
    for (std::size_t v = 0; v < variants.size(); ++v) {
        variants[v].lora = facts.variants[v].lora;
    }
    for (const Variant& variant : variants) {
        sessions.push_back(store.sessions(variant.file.sha256));
    }
    read_answers(store);
    read_fidelity(store);
    read_told(store);
    read_judges(store);
    read_retrieval(store);
    shown = load_history(store);
}

void StoredRun::read_retrieval(const store::Store& store) {
    if (!plan.retrieval.asked_for()) {
        return;
    }
    const auto text = retrieval::stored_retrieval(store);
    if (!text) {
        throw_operational(
            "the contexts of the plan were retrieved, and what was retrieved is not in "
            "the store",
            "assay.sqlite");
    }
    retrieval = retrieval::frozen_from_json(*text);
}

void StoredRun::read_answers(const store::Store& store) {
    StoredAnswers stored;
    for (store::AnswerRow& row : store.answers()) {
        stored.emplace(std::move(row.key), std::move(row.answer));
    }
    for (const VariantFacts& variant : facts.variants) {
        answers.push_back(answers_under(variant.answer_keys, stored));
        judged_.push_back(answers_under(variant.judged_keys, stored));
    }
    for (std::size_t v = 0; v < answers.size(); ++v) {
        const std::vector<std::string>& keys = facts.variants[v].keys_for_judges();
        const std::vector<std::optional<Answer>>& judged = judged_answers(v);
        for (std::size_t q = 0; q < judged.size(); ++q) {
            if (judged[q]) {
                answers_by_key_.emplace(keys[q], &*judged[q]);
            }
        }
    }
}

std::vector<std::optional<Answer>> StoredRun::answers_under(const std::vector<std::string>& keys,
                                                            const StoredAnswers& stored) const {
    std::vector<std::optional<Answer>> out(keys.size());
    for (std::size_t q = 0; q < keys.size(); ++q) {
        if (const auto found = stored.find(keys[q]); found != stored.end()) {
            out[q] = found->second;
            out[q]->question_id = question_at(q).id;  // equal prompts share an answer
        }
    }
    return out;
}

void StoredRun::read_fidelity(const store::Store& store) {
    fidelity.resize(variants.size());
    for (std::size_t v = 0; v < variants.size(); ++v) {
        fidelity[v].resize(questions.size());
        for (std::size_t q = 0; v > 0 && q < questions.size(); ++q) {
            const auto read = store.fidelity(facts.variants[0].answer_keys[q],
                                             facts.variants[v].answer_keys[q]);
            if (read) {
                fidelity[v][q] = analysis::read_answer(*read);
            }
        }
    }
}

void StoredRun::read_told(const store::Store& store) {
    told.resize(variants.size());
    for (auto& of_variant : told) {
        of_variant.resize(questions.size());
    }
    for (std::size_t q = 0; q < questions.size(); ++q) {
        const std::vector<ToldToken> baseline = store.told_tokens(facts.variants[0].answer_keys[q]);
        for (std::size_t v = 1; v < variants.size() && !baseline.empty(); ++v) {
            told[v][q] = analysis::compare_told(
                baseline, store.told_tokens(facts.variants[v].answer_keys[q]));
        }
    }
}

void StoredRun::read_judges(const store::Store& store) {
    const ComparisonsById stored = comparisons_by_id(store);
    extensions = load_extensions(store);
    std::vector<std::vector<Comparison>> drawn(variants.size());
    for (std::size_t v = 1; v < variants.size(); ++v) {
        drawn[v] = drawn_comparisons(stored, questions, facts, v);
        // Earlier versions drew these, too, and counted them as losses.
        std::erase_if(drawn[v], [&](const Comparison& comparison) {
            const auto found = answers_by_key_.find(comparison.variant_answer_key);
            return found != answers_by_key_.end() && was_not_given(*found->second);
        });
    }
    for (const JudgeFacts& judge : facts.judges) {
        StoredJudge& out = judges.emplace_back();
        out.facts = judge;
        for (const std::vector<Comparison>& of_variant : drawn) {
            out.asked.push_back(asked_of(plan, judge, extensions, of_variant));
            out.n_planned.push_back(
                planned_comparisons(store, judge.key, out.asked.back().in_order));
        }
        out.controls = controls_asked(store, facts, judge, extensions);
        for (store::VerdictRow& row : store.verdicts(judge.key)) {
            out.verdicts.emplace(std::move(row.item_id), std::move(row.verdict));
        }
        out.batches = load_batches(store, judge.key);
        out.unbound = load_unbound(store, judge.key);
        out.reuse = load_reuse(store, judge.key);
    }
}

int StoredRun::n_samples(const VariantFacts& variant) const {
    return plan.generation.samples == kAutoSamples ? variant.n_samples : plan.generation.samples;
}

analysis::JudgingPlan StoredRun::judging_plan(std::size_t variant, const StoredJudge& judge) const {
    return {.n_planned = judge.n_planned[variant],
            .judge_costs_nothing = judge.facts.costs_nothing,
            .n_samples = n_samples(facts.variants[variant]),
            .panel = plan.judging.panel,
            .looks_at_samples = plan.generation.samples == kAutoSamples,
            .look = looks.empty() ? std::nullopt : looks[variant],
            .is_looking = is_looking && !looks.empty() && !looks[variant]};
}

std::size_t StoredRun::variant_index(const std::string& name) const {
    for (std::size_t i = 0; i < variants.size(); ++i) {
        if (variants[i].name == name) {
            return i;
        }
    }
    throw_usage(fmt::format("no variant \"{}\" in this run", name));
}

const StoredJudge& StoredRun::judge(const std::string& name) const {
    for (const StoredJudge& judge : judges) {
        if (judge.facts.name == name) {
            return judge;
        }
    }
    throw_usage(fmt::format("no judge \"{}\" in this run", name));
}

const Question& StoredRun::question(const std::string& id) const {
    return questions[question_places_.at(id)];
}

const std::vector<std::optional<Answer>>& StoredRun::judged_answers(std::size_t variant) const {
    return judged_[variant].empty() ? answers[variant] : judged_[variant];
}

const Answer& StoredRun::answer(const std::string& key) const {
    const auto found = answers_by_key_.find(key);
    ASSAY_CHECK(found != answers_by_key_.end());
    return *found->second;
}

std::string latest_plan(const store::Store& store, const std::string& run_dir) {
    const auto plan = store.latest_plan();
    if (!plan) {
        throw_usage("no plan was stored: the run was stopped before it began",
                    run_dir,
                    "Run it again with the same command.");
    }
    return plan->sha256;
}

}  // namespace assay::run
