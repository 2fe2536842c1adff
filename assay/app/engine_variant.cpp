// A variant that runs here.
//
// Problem: answers of two variants may differ because of their weights only. So both must get the
// same token ids, and an answer must not depend on what was computed beside it.
//
// Model: an answer is a function of its key: model hash, token ids, settings, and the fingerprint
// of engine and recipe (answer::answer_key). describe() computes the keys with the vocabulary
// alone, before any weights are read. answer() asks the store which keys are missing and computes
// those.
//
// Invariant: the process that answers has the fingerprint that was described, the engine is the
// same for all variants and recipes, and a run goes on only with the engine that began it. Each
// answer is committed when it is done, so a run that was killed loses no finished answer. When
// answers are complete, a few are computed once more, alone; a run that was killed before that
// still owes it, and the next one makes up for it.
//
// It ends because each missing key is tried a bounded number of times (llm/engine_generator.hpp): a
// prompt that kills the engine again and again gets a failed answer, which is not missing any more.

#include "assay/app/engine_variant.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "assay/app/engine_start.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/result.hpp"
#include "assay/llm/engine_process.hpp"

namespace assay::app {
namespace {

constexpr int kSmallestStream = 256;   ///< cells
constexpr std::size_t kRechecked = 2;  ///< answers of a variant that are computed again, alone

wire::Sampling sampling_of(const GenerationSettings& g) {
    return {g.temp,
            g.top_k,
            g.top_p,
            g.min_p,
            g.repeat_penalty,
            g.repeat_last_n < 0 ? g.ctx_size : g.repeat_last_n,
            0};
}

/// Whether the KV cache of one variant is not the default, so that its size is worth a figure.
bool any_has_a_recipe(const Plan& plan) {
    const auto has_one = [](const VariantSpec& spec) {
        return spec.runs_here() && spec.recipe != RunRecipe();
    };
    return has_one(plan.baseline) ||
           std::any_of(plan.variants.begin(), plan.variants.end(), has_one);
}

std::string recheck_text(const answer::Recheck& recheck) {
    if (recheck.n_checked == 0) {
        return "";
    }
    const bool all_equal = recheck.n_equal == recheck.n_checked;
    return fmt::format("{} of {} computed again alone: {}",
                       recheck.n_equal,
                       recheck.n_checked,
                       all_equal ? "bit-equal" : "bit-equal, THE OTHERS NOT");
}

}  // namespace

EngineVariant::EngineVariant(const VariantSpec& variant_spec,
                             std::size_t index,
                             RunContext& context)
    : VariantRun(variant_spec, index, context) {
    context.prompts.expect_model();
}

void EngineVariant::check() {
    check_file();
    if (spec.recipe != RunRecipe()) {
        check_recipe();
    }
}

/// The file that it is, or that it is made of.
std::string EngineVariant::given_file() const {
    const std::string own = spec.file();
    return context().path_of_model(own.empty() ? context().plan.baseline.file() : own);
}

/// What llama.cpp refuses or aborts on, before there is a run directory. The engine is asked last,
/// with headers only: it knows what an architecture does not allow.
void EngineVariant::check_recipe() const {
    const std::string file = given_file();
    const auto inspected = context().engine().inspect(file);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
    check_cache("cache-type-k", spec.recipe.cache_type_k, inspected->n_embd_head_k);
    check_cache("cache-type-v", spec.recipe.cache_type_v, inspected->n_embd_head_v);
    wire::Start start;
    start.n_slots = 1;
    start.stream_size = kSmallestStream;
    const auto predicted = context().engine().predict_memory(
        {{file, false, context().plan.engine.n_gpu_layers}, with_recipe(start, spec.recipe)});
    if (!predicted) {
        throw_usage(fmt::format("{}: it cannot be run with {}: {}",
                                spec.name,
                                describe_recipe(spec.recipe),
                                predicted.error().message),
                    file,
                    predicted.error().remedy);
    }
}

/// `n_values`: of one head in this cache; 0: not known.
void EngineVariant::check_cache(std::string_view key,
                                const std::string& type,
                                std::int64_t n_values) const {
    const std::string complaint = complaint_of_cache(key, type, n_values);
    if (!complaint.empty()) {
        throw_usage(
            fmt::format("{}: {}", spec.name, complaint), given_file(), "Write f16, bf16 or f32.");
    }
}

void EngineVariant::resolve(const ModelFile& baseline_file) {
    resolve_file(baseline_file);
}

wire::Loaded EngineVariant::load_vocabulary() const {
    auto loaded = context().engine().load(
        {variant.file.path, true, context().plan.engine.n_gpu_layers});
    if (!loaded) {
        throw Error(ErrorKind::kOperational, loaded.error());
    }
    return *loaded;
}

void EngineVariant::prepare() {
    wire::Loaded loaded = load_vocabulary();
    if (spec.recipe.rope.scale > 0) {
        loaded.n_ctx_train = static_cast<std::int64_t>(static_cast<double>(loaded.n_ctx_train) *
                                                       spec.recipe.rope.scale);
    }
    prompts = context().prompts.token_ids(context().engine(), variant, loaded, n_samples());
}

void EngineVariant::describe() {
    if (!context().start) {
        context().start = choose_start(context(), variant, spec.recipe, before());
    }
    const wire::Loaded loaded = load_vocabulary();
    const auto started = context().engine().describe_start(start());
    if (!started) {
        throw Error(ErrorKind::kOperational, started.error());
    }
    const auto hello = context().engine().hello();
    if (!hello) {
        throw Error(ErrorKind::kOperational, hello.error());
    }
    facts.name = variant.name;
    facts.engine = {"assay-engine", hello->version, started->fingerprint, started->description};
    facts.answer_fingerprint = started->answer_fingerprint;
    reader_ = {started->reads_drafts, loaded.vocabulary_sha256};
    facts.n_parallel = context().start->n_slots;
    for (const answer::PreparedPrompt& prompt : prompts.prompts) {
        facts.answer_keys.push_back(answer::answer_key(variant.file.sha256,
                                                       prompt,
                                                       context().plan.generation,
                                                       prompts.stops,
                                                       started->answer_fingerprint));
    }
    if (!started->proven) {
        context().facts.notes.push_back(
            fmt::format("{}: that answers do not depend on slots, stream size and threads is "
                        "not proven on this backend; they are part of the answers' key",
                        variant.name));
    }
    note_recipe();
    refuse_another_engine();
}

/// The process that answers is started like every other one, but for the recipe and the adapter.
wire::Start EngineVariant::start() const {
    wire::Start start = with_recipe(*context().start, spec.recipe);
    if (const LoraFile* adapter = variant.applied_lora()) {
        start.lora = adapter->path;
        start.lora_sha256 = adapter->sha256;
        start.lora_scale = adapter->scale;
    }
    if (const Fidelity* fidelity = context().fidelity.get();
        fidelity != nullptr && !fidelity->failed() && facts.no_fidelity.empty()) {
        start.keep_rows = place == 0;
        start.head_model = fidelity->head_model();
    }
    return start;
}

void EngineVariant::note_recipe() {
    note_applied_lora();
    if (any_has_a_recipe(context().plan)) {
        facts.kv_bytes_per_token = kv_bytes_per_token(context(), variant, start());
    }
    const VariantSpec& baseline = context().plan.baseline;
    if (baseline.runs_here() && spec.recipe != baseline.recipe) {
        context().facts.notes.push_back(
            fmt::format("{}: run with {}, and the baseline with {}, so not only the weights differ",
                        variant.name,
                        describe_recipe(spec.recipe),
                        describe_recipe(baseline.recipe)));
    }
}

/// Half of a run's answers from one engine and half from another would compare engines, not
/// weights. A run that was begun when the recipe was part of the engine's fingerprint goes on.
void EngineVariant::refuse_another_engine() const {
    const run::VariantFacts* then = before();
    if (then == nullptr || then->engine.fingerprint == facts.engine.fingerprint ||
        then->engine.fingerprint == facts.answer_fingerprint) {
        return;
    }
    throw_operational(
        fmt::format("the run was begun with another engine or machine ({}), and now it would "
                    "go on with {}",
                    then->engine.description,
                    facts.engine.description),
        context().plan.run_dir,
        "Go on with the engine that began it (--engine), or start anew with another --run.");
}

llm::EngineGenerator& EngineVariant::model() {
    if (model_) {
        return *model_;
    }
    const Plan& plan = context().plan;
    auto model = std::make_unique<llm::EngineGenerator>(
        llm::EngineGenerator::Options{llm::find_engine(plan.engine.path),
                                      {variant.file.path, false, plan.engine.n_gpu_layers},
                                      {sampling_of(plan.generation), plan.generation.predict}},
        context().cancel,
        context().progress);
    load_ms_ = model->load().load_ms;
    const wire::Started started = model->start(start());
    if (started.answer_fingerprint != facts.answer_fingerprint) {
        throw_operational("the engine that answers is not the one that was described",
                          plan.run_dir,
                          "Was it rebuilt meanwhile? Run again.");
    }
    if (context().fidelity && !started.head_failure.empty()) {
        context().fidelity->fail(started.head_failure);
    }
    model_ = std::move(model);
    return *model_;
}

void EngineVariant::answer() {
    const Prompts missing = missing_answers();
    refuse_to_answer(missing.size());
    if (context().options.only_judge) {
        return;
    }
    const bool checks = !missing.empty() || recheck_is_owed();
    if (!checks && !has_to_read(missing)) {
        return;
    }
    if (place == 0) {
        answer_as_baseline(missing);
    } else {
        answer_as_variant(missing);
    }
    if (!checks) {
        return context().progress.finish("");
    }
    recheck();
}

void EngineVariant::ask(const std::vector<answer::Asked>& asked, const answer::AnswerSink& sink) {
    if (asked.empty()) {
        return;
    }
    answer::answer_questions(
        model(), asked, context().plan.generation, prompts.stops, sink, context().cancel);
    context().stop_if_cancelled();
}

void EngineVariant::save(const answer::PreparedPrompt& prompt, const Answer& answer) {
    context().store->save_answer(
        {key_of(prompt), variant.name, variant.file.sha256, answer, utc_now()});
    if (!std::exchange(has_answered_, true)) {
        save_session({});
    }
}

void EngineVariant::recheck() {
    const answer::Recheck recheck = answer::recheck_alone(
        model(), answers_to_recheck(), context().plan.generation, prompts.stops, context().cancel);
    context().stop_if_cancelled();
    save_session(recheck);
    context().progress.finish(recheck_text(recheck));
}

/// Any two will do; the smallest keys are the same two in every run.
std::vector<EngineVariant::Answered> EngineVariant::answers_to_recheck() const {
    std::map<std::string, const answer::PreparedPrompt*> by_key;
    for (std::size_t q = 0; q < prompts.prompts.size(); ++q) {
        by_key.emplace(facts.answer_keys[q], &prompts.prompts[q]);
    }
    std::vector<Answered> chosen;
    for (const auto& [key, prompt] : by_key) {
        if (chosen.size() == kRechecked) {
            break;
        }
        const auto row = context().store->answer(key);
        if (!row || row->answer.stop_reason == StopReason::kFailed) {
            continue;
        }
        chosen.emplace_back(prompt, row->answer);
        chosen.back().second.question_id = prompt->question_id;
    }
    return chosen;
}

/// A run that was stopped between its last answer and the end of its recheck: the latest session
/// has not checked anything.
bool EngineVariant::recheck_is_owed() const {
    bool owed = true;
    for (const store::EngineSession& session : context().store->sessions(variant.file.sha256)) {
        if (session.engine.fingerprint == facts.session_fingerprint()) {
            owed = session.n_checked == 0;
        }
    }
    return owed && !answers_to_recheck().empty();
}

void EngineVariant::save_session(const answer::Recheck& recheck) {
    EngineInfo engine = facts.engine;
    engine.fingerprint = facts.session_fingerprint();  // two recipes on one file share no session
    context().store->save_session({variant.file.sha256,
                                   engine,
                                   facts.n_parallel,
                                   model().peak_memory_bytes(),
                                   utc_now(),
                                   recheck.n_checked,
                                   recheck.n_equal,
                                   load_ms_});
}

}  // namespace assay::app
