#include "assay/app/experiment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <set>

#include "assay/answer/answer.hpp"
#include "assay/answer/prompts.hpp"
#include "assay/app/artifacts.hpp"
#include "assay/app/build_report.hpp"
#include "assay/app/file_hashes.hpp"
#include "assay/app/host.hpp"
#include "assay/app/judging.hpp"
#include "assay/app/run_facts.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/judge/judge.hpp"
#include "assay/llm/engine_generator.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/store/store.hpp"
#include "assay/variants/resolve.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {
namespace {

constexpr int kDefaultSlots = 16;
constexpr int kFewestSlots = 8;
constexpr int kStreamPadding = 256;
constexpr std::size_t kRechecked = 2;  ///< answers of a variant that are computed again, alone

class Experiment {
   public:
    Experiment(const RunOptions& options, const std::atomic<bool>& cancel, Progress& progress)
        : plan_(options.plan), options_(options), cancel_(cancel), progress_(progress), engine_(llm::find_engine(plan_.engine.path), cancel), questions_(options.questions) {}

    report::ReportModel run() {
        check();
        // The plan is valid: the baseline is a model, every judge can be asked.
        open_store();
        resolve();
        // Every variant is a file whose tensors are known.
        prepare();
        // Every variant is given the same token ids by the same engine (or the report says that it is not).
        for (std::size_t i = 0; i < variants_.size(); ++i) answer(i);
        // Answers are complete. From here on no model of ours runs.
        for (std::size_t i = 1; i < variants_.size(); ++i) pair(i);
        draw_controls();
        // Sides, order and controls are drawn and stored. Variant names stop here: a judge sees blinded pairs only.
        for (std::size_t j = 0; j < judges_.size(); ++j) judge(j);
        // Nothing below calls a model or a judge: same store, same report.
        report::ReportModel model = build_report(*store_, plan_sha256_);
        write_artifacts(*store_, plan_sha256_, model, plan_.run_dir);
        note_what_was_shown(model);
        return model;
    }

   private:
    void check() {
        if (!options_.judge_cache.empty()) cache_.emplace(options_.judge_cache);
        const judge::Services services{[this](const std::string& text, const std::string& variables) { return engine_.render_template(text, variables); }};
        for (const JudgeSpec& spec : plan_.judges) {
            if (spec.provider == "reference") need_expected_answers(spec);
            auto made = judge::make_judge(spec, services, progress_);
            if (!made) throw Error(ErrorKind::kUsage, made.error());
            judges_.push_back(std::move(*made));
        }
        auto inspected = engine_.inspect(plan_.baseline.file);
        if (!inspected) throw Error(ErrorKind::kUsage, inspected.error());
        for (const VariantSpec& spec : plan_.variants) {
            if (spec.file.empty()) continue;
            if (auto other = engine_.inspect(spec.file); !other) throw Error(ErrorKind::kUsage, other.error());
        }
    }

    void need_expected_answers(const JudgeSpec& spec) const {
        for (const Question& question : questions_) {
            if (!question.expected) {
                throw_usage(fmt::format("question {} has no expected answer, and judge {} compares answers with it", question.id, spec.name), question.place,
                            "Add expected answers to the dataset, or name another judge (--judge openai:MODEL@URL).");
            }
        }
    }

    void open_store() {
        store_ = store::Store::open(plan_.run_dir);
        plan_sha256_ = config::plan_sha256(plan_);
        store_->save_plan({plan_sha256_, config::plan_to_json(plan_), plan_.analysis.margin, plan_.analysis.alpha, utc_now(), static_cast<std::int64_t>(questions_.size())});
        store_->save_questions(plan_sha256_, questions_);
    }

    void resolve() {
        const FileHashes hashes(*store_, progress_);
        const auto hash = [&](const std::string& path) { return hashes.of(path); };
        facts_.dataset_sha256 = hash(plan_.dataset.file);
        variants_.push_back({plan_.baseline.name, Role::kBaseline, "file", variants::resolve_file(engine_, plan_.baseline.file, hash)});
        const ModelFile baseline = variants_.front().file;
        for (const VariantSpec& spec : plan_.variants) {
            if (!spec.file.empty()) {
                variants_.push_back({spec.name, Role::kVariant, "file", variants::resolve_file(engine_, spec.file, hash)});
                continue;
            }
            variants::QuantizeRequest request;
            request.source = baseline;
            request.type = spec.type;
            request.imatrix = spec.imatrix;
            request.cache = variants::model_cache();
            request.n_threads = n_threads();
            ModelFile file = variants::quantize(engine_, request, hash, progress_);
            variants_.push_back({spec.name, Role::kVariant, fmt::format("{} from {}{}", spec.type, baseline.sha256, spec.imatrix.empty() ? "" : " with an importance matrix"), std::move(file)});
        }
        for (std::size_t i = 0; i < variants_.size(); ++i) store_->save_variant(plan_sha256_, variants_[i], static_cast<int>(i));
    }

    [[nodiscard]] int n_threads() const { return plan_.engine.threads > 0 ? plan_.engine.threads : host_.n_cores; }

    wire::Loaded load_vocabulary(const Variant& variant) {
        auto loaded = engine_.load({variant.file.path, true, plan_.engine.n_gpu_layers});
        if (!loaded) throw Error(ErrorKind::kOperational, loaded.error());
        return *loaded;
    }

    /// Prompts once, with the baseline's template; then every variant's own tokenizer is asked for its ids of the same text.
    void prepare() {
        progress_.begin("prompts", questions_.size() * variants_.size(), "prompts");
        for (const Variant& variant : variants_) {
            const wire::Loaded loaded = load_vocabulary(variant);
            const bool is_baseline = variant.role == Role::kBaseline;
            GenerationSettings settings = plan_.generation;
            if (loaded.n_ctx_train > 0 && settings.ctx_size > loaded.n_ctx_train) {
                facts_.notes.push_back(fmt::format("{} was trained for a context of {} tokens; ctx-size is {}", variant.name, loaded.n_ctx_train, settings.ctx_size));
            }
            if (!loaded.has_chat_template && settings.chat_template.empty() && (is_baseline || settings.own_template)) {
                facts_.notes.push_back(fmt::format("{} has no chat template: ChatML was used", variant.name));
            }
            if (is_baseline || settings.own_template) {
                prompts_.push_back(answer::prepare_prompts(engine_, settings, questions_));
            } else {
                prompts_.push_back(prompts_.front());
                check_tokens(variant);
            }
            longest_ = std::max(longest_, prompts_.back().longest);
            long_rope_ = long_rope_ || loaded.long_rope;
            progress_.advance(questions_.size());
        }
        facts_.n_prompts_compared = static_cast<std::int64_t>(questions_.size());
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            facts_.n_prompts_equal += std::all_of(prompts_.begin(), prompts_.end(), [&](const auto& set) { return set.prompts[q].prompt_sha256 == prompts_[0].prompts[q].prompt_sha256; });
        }
        if (plan_.generation.own_template) facts_.notes.push_back("own-template: each variant used its own chat template, so not only the weights differ");
        const std::optional<RunFacts> before = load_facts(*store_, plan_sha256_);
        choose_slots(before);
        for (const Variant& variant : variants_) describe(variant);
        refuse_another_engine(before);
        facts_.command = options_.command;
        facts_.host = {host_.cpu, host_.n_cores, host_.os};
        for (std::size_t j = 0; j < judges_.size(); ++j) {
            const JudgeSpec& spec = plan_.judges[j];
            JudgeFacts judge;
            judge.judge.name = spec.name;
            judge.judge.provider = spec.provider;
            judge.judge.model = spec.model;
            judge.judge.url = spec.url;
            judge.judge.show_contexts = spec.show_contexts;
            judge.judge.show_expected = spec.show_expected;
            judge.judge.costs_nothing = judges_[j]->costs_nothing();
            judge.judge.both_orders = plan_.judging.both_orders || judges_[j]->reads_both_orders();
            judge.key = sha256_hex(judges_[j]->identity());
            facts_.judges.push_back(std::move(judge));
        }
        save_facts(*store_, plan_sha256_, facts_);
        progress_.finish(fmt::format("longest {} tokens, the first {} shared", longest_, prompts_.front().prompts.front().n_prefix));
    }

    void check_tokens(const Variant& variant) {
        for (const answer::PreparedPrompt& prompt : prompts_.front().prompts) {
            const auto tokens = engine_.tokenize(prompt.text);
            if (!tokens) throw Error(ErrorKind::kOperational, tokens.error());
            if (*tokens != prompt.tokens) {
                throw_usage(fmt::format("its tokenizer gives other token ids than the baseline's (question {}): the variants would not see the same prompt", prompt.question_id), variant.file.path,
                            "Is it another model? If it is meant, say own-template: true under generation; the report then says that not only the weights differ.");
            }
        }
    }

    /// As many slots as memory allows; on backends that are proven not to care this changes no answer.
    void choose_slots(const std::optional<RunFacts>& before) {
        start_.n_ubatch = plan_.engine.ubatch_size;
        start_.n_threads = n_threads();
        start_.flash_attn = plan_.engine.flash_attn != "off";
        start_.cache_type_k = plan_.engine.cache_type_k;
        start_.cache_type_v = plan_.engine.cache_type_v;
        // Rotary factors that switch on the context's size: then the size may not follow the data.
        const std::int64_t needed = long_rope_ ? plan_.generation.ctx_size : longest_ + plan_.generation.predict;
        start_.stream_size = static_cast<int>((needed + kStreamPadding - 1) / kStreamPadding * kStreamPadding);
        start_.n_slots = plan_.engine.slots > 0 ? plan_.engine.slots : kDefaultSlots;
        if (plan_.engine.slots > 0) return;
        if (before) start_.n_slots = before->variants.front().n_parallel;  // as it was begun: where it is part of the key, memory may not change it
        if (before || host_.memory_available_bytes == 0) return;
        while (true) {
            wire::PredictMemory request;
            request.load.path = variants_.front().file.path;
            request.load.n_gpu_layers = plan_.engine.n_gpu_layers;
            request.start = start_;
            const auto predicted = engine_.predict_memory(request);
            if (!predicted) return;  // the context itself will say what is wrong
            const std::uint64_t total = predicted->model_bytes + predicted->context_bytes + predicted->compute_bytes;
            if (total <= host_.memory_available_bytes * 9 / 10) return;
            if (start_.n_slots <= kFewestSlots) {
                progress_.note(fmt::format("memory may not suffice: about {} needed, {} available", format_bytes(total), format_bytes(host_.memory_available_bytes)));
                return;
            }
            start_.n_slots = kFewestSlots;
        }
    }

    /// Half of a run's answers from one engine and half from another would compare engines, not weights.
    void refuse_another_engine(const std::optional<RunFacts>& before) const {
        if (!before) return;
        const EngineInfo& then = before->variants.front().engine;
        const EngineInfo& now = facts_.variants.front().engine;
        if (then.fingerprint == now.fingerprint) return;
        throw_operational(fmt::format("the run was begun with another engine or machine ({}), and now it would go on with {}", then.description, now.description), plan_.run_dir,
                          "Go on with the engine that began it (--engine), or start anew with another --run.");
    }

    void describe(const Variant& variant) {
        load_vocabulary(variant);
        const answer::PromptSet& prompts = prompts_[facts_.variants.size()];
        const auto started = engine_.describe_start(start_);
        const auto hello = engine_.hello();
        if (!started) throw Error(ErrorKind::kOperational, started.error());
        if (!hello) throw Error(ErrorKind::kOperational, hello.error());
        VariantFacts facts{variant.name, {"assay-engine", hello->version, started->fingerprint, started->description}, start_.n_slots, {}};
        for (const answer::PreparedPrompt& prompt : prompts.prompts) {
            facts.answer_keys.push_back(answer::answer_key(variant.file.sha256, prompt, plan_.generation, prompts.stops, started->fingerprint));
        }
        if (!started->proven) facts_.notes.push_back(fmt::format("{}: that answers do not depend on slots, stream size and threads is not proven on this backend; they are part of the answers' key", variant.name));
        facts_.variants.push_back(std::move(facts));
    }

    void answer(std::size_t index) {
        const Variant& variant = variants_[index];
        const VariantFacts& facts = facts_.variants[index];
        const answer::PromptSet& prompts = prompts_[index];
        std::map<std::string, std::string> key_of;  // question id -> key
        std::vector<const answer::PreparedPrompt*> missing;
        {
            const std::vector<std::string> keys = store_->missing_answers(facts.answer_keys);
            std::set<std::string> wanted(keys.begin(), keys.end());
            for (std::size_t q = 0; q < prompts.prompts.size(); ++q) {
                key_of[prompts.prompts[q].question_id] = facts.answer_keys[q];
                if (wanted.erase(facts.answer_keys[q]) > 0) missing.push_back(&prompts.prompts[q]);
            }
        }
        if (options_.only_judge && !missing.empty()) {
            throw_usage(fmt::format("{} of the {} answers of {} are missing, and only judging was asked for", missing.size(), questions_.size(), variant.name), plan_.run_dir, "Make them first: the same command with `run` in place of `judge`.");
        }
        if (options_.only_judge || (missing.empty() && !recheck_is_owed(variant, prompts, facts))) return;

        progress_.begin(fmt::format("answers of {}", variant.name), missing.size(), "questions");
        llm::EngineGenerator generator({llm::find_engine(plan_.engine.path), {variant.file.path, false, plan_.engine.n_gpu_layers}, sampling(), plan_.generation.predict}, cancel_, progress_);
        generator.load();
        if (const wire::Started started = generator.start(start_); started.fingerprint != facts.engine.fingerprint) {
            throw_operational("the engine that answers is not the one that was described", plan_.run_dir, "Was it rebuilt meanwhile? Run again.");
        }
        bool first = true;
        answer::answer_questions(generator, missing, plan_.generation, prompts.stops,
                                 [&](const Answer& answer) {
                                     store_->save_answer({key_of.at(answer.question_id), variant.name, variant.file.sha256, answer, utc_now()});
                                     if (std::exchange(first, false)) save_session(variant, facts, generator.peak_memory_bytes(), {});
                                     progress_.advance(1);
                                 },
                                 cancel_);
        stop_if_cancelled();
        const answer::Recheck recheck = answer::recheck_alone(generator, answers_to_recheck(prompts, facts), plan_.generation, prompts.stops, cancel_);
        stop_if_cancelled();
        save_session(variant, facts, generator.peak_memory_bytes(), recheck);
        progress_.finish(recheck.n_checked == 0 ? "" : fmt::format("{} of {} computed again alone: {}", recheck.n_equal, recheck.n_checked, recheck.n_equal == recheck.n_checked ? "bit-equal" : "bit-equal, THE OTHERS NOT"));
    }

    [[nodiscard]] wire::Sampling sampling() const {
        const GenerationSettings& g = plan_.generation;
        return {g.temp, g.top_k, g.top_p, g.min_p, g.repeat_penalty, g.repeat_last_n < 0 ? g.ctx_size : g.repeat_last_n, 0};
    }

    /// Any two will do; the smallest keys are the same two in every run.
    [[nodiscard]] std::vector<std::pair<const answer::PreparedPrompt*, Answer>> answers_to_recheck(const answer::PromptSet& prompts, const VariantFacts& facts) const {
        std::map<std::string, const answer::PreparedPrompt*> by_key;
        for (std::size_t q = 0; q < prompts.prompts.size(); ++q) by_key.emplace(facts.answer_keys[q], &prompts.prompts[q]);
        std::vector<std::pair<const answer::PreparedPrompt*, Answer>> chosen;
        for (const auto& [key, prompt] : by_key) {
            if (chosen.size() == kRechecked) break;
            const auto row = store_->answer(key);
            if (!row || row->answer.stop_reason == StopReason::kFailed) continue;
            chosen.emplace_back(prompt, row->answer);
            chosen.back().second.question_id = prompt->question_id;
        }
        return chosen;
    }

    /// A run that was stopped between its last answer and the end of its recheck: the latest session has not checked anything.
    [[nodiscard]] bool recheck_is_owed(const Variant& variant, const answer::PromptSet& prompts, const VariantFacts& facts) const {
        bool owed = true;
        for (const store::EngineSession& session : store_->sessions(variant.file.sha256)) {
            if (session.engine.fingerprint == facts.engine.fingerprint) owed = session.n_checked == 0;
        }
        return owed && !answers_to_recheck(prompts, facts).empty();
    }

    void save_session(const Variant& variant, const VariantFacts& facts, std::uint64_t peak_memory_bytes, const answer::Recheck& recheck) {
        store_->save_session({variant.file.sha256, facts.engine, start_.n_slots, peak_memory_bytes, utc_now(), recheck.n_checked, recheck.n_equal});
    }

    void stop_if_cancelled() const {
        if (cancel_) throw Error(ErrorKind::kInterrupted, {"stopped; everything that was finished is kept", plan_.run_dir, "The same command goes on from there."});
    }

    void pair(std::size_t index) {
        const std::vector<std::string>& baseline_keys = facts_.variants.front().answer_keys;
        const std::vector<std::string>& variant_keys = facts_.variants[index].answer_keys;
        std::vector<pairing::PairInput> inputs;
        std::vector<std::string> ids;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            const auto baseline = store_->answer(baseline_keys[q]);
            const auto variant = store_->answer(variant_keys[q]);
            auto input = pairing::make_pair_input(questions_[q], {baseline_keys[q], baseline ? &baseline->answer : nullptr}, {variant_keys[q], variant ? &variant->answer : nullptr});
            if (!input) continue;
            ids.push_back(pairing::comparison_id(input->question_id, input->baseline_answer_key, input->variant_answer_key));
            inputs.push_back(std::move(*input));
        }
        const std::vector<Comparison> before = store_->comparisons(ids);
        store_->save_comparisons(pairing::draw_comparisons(inputs, before, variants_[index].name, plan_.blinding_seed));
        comparisons_.push_back(store_->comparisons(ids));
        sort_in_judging_order(comparisons_.back());
        const auto n_before = static_cast<std::int64_t>(before.size()), n_now = static_cast<std::int64_t>(ids.size());
        streams_.push_back({variants_[index].name, n_before < n_now ? n_before : 0, n_now});
    }

    /// Pairs whose right outcome is known, from the answers of this run.
    void draw_controls() {
        std::vector<pairing::ControlQuestion> sources;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            pairing::ControlQuestion source{questions_[q].id, {}};
            for (const VariantFacts& facts : facts_.variants) {
                const auto row = store_->answer(facts.answer_keys[q]);
                source.answers.push_back(pairing::control_answer(facts.answer_keys[q], row ? &row->answer : nullptr));
            }
            sources.push_back(std::move(source));
        }
        const bool any_costs_nothing = std::any_of(judges_.begin(), judges_.end(), [](const auto& judge) { return judge->costs_nothing(); });
        const std::vector<Control> drawn = plan_controls();
        store_->save_controls(pairing::draw_controls(sources, streams_, drawn, n_controls_for(any_costs_nothing, questions_.size()), plan_.blinding_seed));
    }

    [[nodiscard]] std::vector<Control> plan_controls() const { return controls_of_plan(*store_, compared_names(facts_), all_answer_keys(facts_)); }

    void judge(std::size_t index) {
        const std::string& key = facts_.judges[index].key;
        store_->save_judge(key, plan_.judges[index].name, judges_[index]->identity());
        if (options_.rejudge) store_->set_aside_verdicts(key);
        const report::ReportJudge& facts = facts_.judges[index].judge;
        const std::vector<Control> controls = first_controls(plan_controls(), n_controls_for(facts.costs_nothing, questions_.size()));
        for (std::size_t i = 1; i < variants_.size(); ++i) {
            std::vector<Control> among_these;
            std::copy_if(controls.begin(), controls.end(), std::back_inserter(among_these), [&](const Control& control) { return control.variant == variants_[i].name; });
            const Asked asked = asked_of(plan_, facts, comparisons_[i - 1]);
            store_->save_comparisons(asked.in_order);
            store_->save_comparisons(asked.repeats);
            const JudgingTask task{plan_, plan_.judges[index], key, variants_[i].name, questions_, asked, among_these, cache_ && !facts.costs_nothing ? &*cache_ : nullptr, !options_.rejudge};
            const bool went_on = judge_missing(task, *judges_[index], *store_, cancel_, progress_);
            stop_if_cancelled();
            if (!went_on) return;  // the rest stays pending; the next run asks for it
        }
    }

    /// Decisions are seen from now on: what is added later is an extension. `model` has the comparisons by judge, then by variant.
    void note_what_was_shown(const report::ReportModel& model) {
        for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
            if (model.comparisons[i].analysis.decision.label == DecisionLabel::kNotMeasured) continue;
            const JudgeFacts& judge = facts_.judges[i / comparisons_.size()];
            note_decision_shown(*store_, judge.key, asked_of(plan_, judge.judge, comparisons_[i % comparisons_.size()]).in_order);
        }
    }

    const Plan& plan_;
    const RunOptions& options_;
    const std::atomic<bool>& cancel_;
    Progress& progress_;
    const Host host_ = describe_host();
    llm::Engine engine_;  ///< for headers, templates, tokens and quantization; answers have a process for each variant

    const std::vector<Question>& questions_;
    std::vector<std::unique_ptr<judge::Judge>> judges_;
    std::optional<VerdictCache> cache_;
    std::unique_ptr<store::Store> store_;
    std::string plan_sha256_;
    std::vector<Variant> variants_;                        ///< baseline first
    std::vector<answer::PromptSet> prompts_;               ///< one a variant, equal unless own-template
    std::int64_t longest_ = 0;
    bool long_rope_ = false;
    wire::Start start_;
    RunFacts facts_;
    std::vector<std::vector<Comparison>> comparisons_;  ///< of each variant but the baseline, as drawn, in judging order
    std::vector<pairing::ControlStream> streams_;       ///< likewise
};

}  // namespace

report::ReportModel run_experiment(const RunOptions& options, const std::atomic<bool>& cancel, Progress& progress) { return Experiment(options, cancel, progress).run(); }

}  // namespace assay::app
