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
#include "assay/app/given_answers.hpp"
#include "assay/app/host.hpp"
#include "assay/app/judge_model.hpp"
#include "assay/app/judging.hpp"
#include "assay/app/run_facts.hpp"
#include "assay/app/served_variant.hpp"
#include "assay/app/terminal.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/judge/judge.hpp"
#include "assay/llm/engine_generator.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/pairing/controls.hpp"
#include "assay/pairing/draw.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/store/store.hpp"
#include "assay/variants/ollama_store.hpp"
#include "assay/variants/resolve.hpp"
#include "assay/wire/messages.hpp"

namespace assay::app {
namespace {

constexpr int kDefaultSlots = 16;
constexpr int kFewestSlots = 8;
constexpr int kStreamPadding = 256;
constexpr std::size_t kRechecked = 2;  ///< answers of a variant that are computed again, alone

/// What a reference judge measures, for the report.
std::string metric_text(const JudgeSpec& spec) {
    return spec.tie_band == JudgeSpec().tie_band
               ? spec.metric
               : fmt::format("{}, tie band {}", spec.metric, spec.tie_band);
}

class Experiment {
 public:
    Experiment(const RunOptions& options, const std::atomic<bool>& cancel, Progress& progress)
        : plan_(options.plan),
          options_(options),
          cancel_(cancel),
          progress_(progress),
          questions_(options.questions) {}

    report::ReportModel run() {
        check();
        // The plan is valid: the baseline is a model, every judge can be asked.
        open_store();
        resolve();
        // Every variant is a file whose tensors are known, or answers that were read.
        prepare();
        // Every variant that runs here is given the same token ids by the same engine (or the
        // report says that it is not).
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            answer(i);
        }
        // Answers are complete. From here on none of the models that are compared runs.
        for (std::size_t i = 1; i < variants_.size(); ++i) {
            pair(i);
        }
        draw_controls();
        // Sides, order and controls are drawn and stored. Variant names stop here: a judge sees
        // blinded pairs only.
        for (std::size_t j = 0; j < judges_.size(); ++j) {
            judge(j);
        }
        // Nothing below calls a model or a judge: same store, same report.
        report::ReportModel model = build_report(*store_, plan_sha256_);
        write_artifacts(*store_, plan_sha256_, model, plan_.run_dir);
        note_what_was_shown(model);
        return model;
    }

 private:
    void check() {
        if (!options_.judge_cache.empty()) {
            cache_.emplace(options_.judge_cache);
        }
        for (const JudgeSpec& spec : plan_.judges) {
            if (spec.provider == "reference") {
                need_expected_answers(spec);
            } else if (!is_by_hand(spec.provider)) {
                static_cast<void>(engine());  // renders its prompts; if it is missing, that is to
                                              // be said now
            }
            auto made = judge::make_judge(spec, services_of(judges_.size()), progress_);
            if (!made) {
                throw Error(ErrorKind::kUsage, made.error());
            }
            judges_.push_back(std::move(*made));
        }
        for (const VariantSpec* spec : specs()) {
            given_.push_back(spec->answers.empty()
                                 ? std::nullopt
                                 : std::optional(read_given_answers(*spec, questions_)));
            served_.push_back(
                spec->served.provider.empty()
                    ? nullptr
                    : std::make_unique<ServedVariant>(*spec, plan_, cancel_, progress_));
            if (spec->file.empty()) {
                continue;
            }
            if (const auto inspected = engine().inspect(variants::path_of_model(spec->file));
                !inspected) {
                throw Error(ErrorKind::kUsage, inspected.error());
            }
        }
        refuse_other_documents();
    }

    /// The baseline's, then the variants', as variants_ will be.
    [[nodiscard]] std::vector<const VariantSpec*> specs() const {
        std::vector<const VariantSpec*> out{&plan_.baseline};
        for (const VariantSpec& spec : plan_.variants) {
            out.push_back(&spec);
        }
        return out;
    }

    /// For headers, templates, tokens and quantization; answers have a process for each variant.
    /// Started when it is first needed.
    llm::Engine& engine() {
        if (!engine_) {
            engine_ = std::make_unique<llm::Engine>(llm::find_engine(plan_.engine.path), cancel_);
        }
        return *engine_;
    }

    /// Answers to one question may have been joined by a number that means another document in each
    /// file.
    void refuse_other_documents() const {
        for (std::size_t i = 1; i < given_.size(); ++i) {
            if (!given_.front() || !given_[i]) {
                continue;
            }
            const std::string different = exchange::different_documents(
                given_.front()->joined, given_[i]->joined, questions_);
            if (!different.empty()) {
                throw_usage(
                    different,
                    given_[i]->file.path,
                    fmt::format("Is it of the same task as {}?", given_.front()->file.path));
            }
        }
    }

    /// What judge `index` is handed. The store is there when it is run, not yet when it is made.
    [[nodiscard]] judge::Services services_of(std::size_t index) {
        const auto note = [this, index](const std::string& name) {
            return judge_note(name, facts_.judges[index].key);
        };
        judge::Services services;
        services.render = [this](const std::string& text, const std::string& variables) {
            return engine().render_template(text, variables);
        };
        services.journal.get = [this, note](const std::string& name) {
            return store_->note(note(name));
        };
        services.journal.put = [this, note](const std::string& name, const std::string& text) {
            store_->put_note(note(name), text);
        };
        services.open_model = [this](const JudgeSpec& spec) { return judge_model(spec); };
        services.known_version = [this, index] {
            return store_->first_model_version(facts_.judges[index].key);
        };
        return services;
    }

    [[nodiscard]] std::unique_ptr<judge::EmbeddedModel> judge_model(const JudgeSpec& spec) {
        JudgeModelOptions options{llm::find_engine(plan_.engine.path),
                                  spec.file,
                                  plan_.engine,
                                  n_threads(),
                                  plan_.generation.date,
                                  {}};
        options.file_sha256 = [this, file = spec.file] {
            const FileHashes hashes(*store_, progress_);
            return variants::resolve_file(
                       engine(), file, [&](const std::string& path) { return hashes.of(path); })
                .sha256;
        };
        return make_judge_model(std::move(options), engine(), cancel_, progress_);
    }

    void need_expected_answers(const JudgeSpec& spec) const {
        for (const Question& question : questions_) {
            if (!question.expected) {
                throw_usage(
                    fmt::format(
                        "question {} has no expected answer, and judge {} compares answers with it",
                        question.id,
                        spec.name),
                    question.place,
                    "Add expected answers to the dataset, or name another judge (--judge "
                    "openai:MODEL@URL).");
            }
        }
    }

    void open_store() {
        store_ = store::Store::open(plan_.run_dir);
        plan_sha256_ = config::plan_sha256(plan_);
        store_->save_plan({plan_sha256_,
                           config::plan_to_json(plan_),
                           plan_.analysis.margin,
                           plan_.analysis.alpha,
                           utc_now(),
                           static_cast<std::int64_t>(questions_.size())});
        store_->save_questions(plan_sha256_, questions_);
    }

    void resolve() {
        const FileHashes hashes(*store_, progress_);
        const auto hash = [&](const std::string& path) { return hashes.of(path); };
        facts_.dataset_sha256 = hash(plan_.dataset.file);
        const std::vector<Variant> before = store_->variants(plan_sha256_);
        for (const VariantSpec* spec : specs()) {
            variants_.push_back(resolved(*spec, hash));
        }
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            if (served_[i]) {
                variants_[i].served = i < before.size() && before[i].served ? before[i].served
                                                                            : ServedModel{};
            }
        }
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            store_->save_variant(plan_sha256_, variants_[i], static_cast<int>(i));
        }
    }

    /// The next of variants_.
    Variant resolved(const VariantSpec& spec, const variants::HashFile& hash) {
        Variant out{spec.name, variants_.empty() ? Role::kBaseline : Role::kVariant, "file", {}};
        if (const auto& given = given_[variants_.size()]) {
            out.recipe = "answers that were made elsewhere";
            out.answers = given->file;
        } else if (!spec.file.empty()) {
            out.file = variants::resolve_file(engine(), variants::path_of_model(spec.file), hash);
        } else if (spec.type.empty()) {
            out.recipe = "a server's model";
        } else {
            variants::QuantizeRequest request;
            request.source = variants_.front().file;
            request.type = spec.type;
            request.imatrix = spec.imatrix;
            request.cache = variants::model_cache();
            request.n_threads = n_threads();
            out.recipe = fmt::format("{} from {}{}",
                                     spec.type,
                                     request.source.sha256,
                                     spec.imatrix.empty() ? "" : " with an importance matrix");
            out.file = variants::quantize(engine(), request, hash, progress_);
        }
        return out;
    }

    [[nodiscard]] int n_threads() const {
        return plan_.engine.threads > 0 ? plan_.engine.threads : host_.n_cores;
    }

    wire::Loaded load_vocabulary(const Variant& variant) {
        auto loaded = engine().load({variant.file.path, true, plan_.engine.n_gpu_layers});
        if (!loaded) {
            throw Error(ErrorKind::kOperational, loaded.error());
        }
        return *loaded;
    }

    void prepare() {
        prompts_.resize(variants_.size());
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            if (variants_[i].runs_here()) {
                here_.push_back(i);
            }
        }
        if (!here_.empty()) {
            prepare_prompts();
        }
        prepare_served_messages();
        const std::optional<RunFacts> before = load_facts(*store_, plan_sha256_);
        if (!here_.empty()) {
            choose_slots(before);
        }
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            given_[i]    ? describe_given(*given_[i])
            : served_[i] ? describe_served(i, before)
                         : describe(i);
        }
        refuse_another_engine(before);
        facts_.command = options_.command;
        facts_.host = {host_.cpu, host_.n_cores, host_.os};
        for (std::size_t j = 0; j < judges_.size(); ++j) {
            const JudgeSpec& spec = plan_.judges[j];
            JudgeFacts judge;
            judge.judge.name = spec.name;
            judge.judge.provider = spec.provider;
            judge.judge.model = spec.provider == "reference" ? metric_text(spec) : spec.model;
            judge.judge.url = spec.url;
            judge.judge.show_contexts = spec.show_contexts;
            judge.judge.show_expected = spec.show_expected;
            judge.judge.costs_nothing = judges_[j]->costs_nothing();
            judge.judge.both_orders = plan_.judging.both_orders || judges_[j]->reads_both_orders();
            judge.key = sha256_hex(judges_[j]->identity());
            facts_.judges.push_back(std::move(judge));
        }
        save_facts(*store_, plan_sha256_, facts_);
    }

    /// Prompts once, with the template of the first variant that runs here (the baseline's, if it
    /// does); then every other variant's own tokenizer is asked for its ids of the same text.
    void prepare_prompts() {
        progress_.begin("prompts", questions_.size() * here_.size(), "prompts");
        for (const std::size_t i : here_) {
            const Variant& variant = variants_[i];
            const wire::Loaded loaded = load_vocabulary(variant);
            const bool is_first = i == here_.front();
            const GenerationSettings& settings = plan_.generation;
            if (loaded.n_ctx_train > 0 && settings.ctx_size > loaded.n_ctx_train) {
                facts_.notes.push_back(
                    fmt::format("{} was trained for a context of {} tokens; ctx-size is {}",
                                variant.name,
                                loaded.n_ctx_train,
                                settings.ctx_size));
            }
            if (!loaded.has_chat_template && settings.chat_template.empty() &&
                (is_first || settings.own_template)) {
                facts_.notes.push_back(
                    fmt::format("{} has no chat template: ChatML was used", variant.name));
            }
            if (is_first || settings.own_template) {
                prompts_[i] = answer::prepare_prompts(engine(), settings, questions_);
            } else {
                prompts_[i] = first_prompts();
                check_tokens(variant);
            }
            longest_ = std::max(longest_, prompts_[i].longest);
            long_rope_ = long_rope_ || loaded.long_rope;
            progress_.advance(questions_.size());
        }
        if (here_.size() > 1) {
            facts_.n_prompts_compared = static_cast<std::int64_t>(questions_.size());
        }
        for (std::size_t q = 0; here_.size() > 1 && q < questions_.size(); ++q) {
            facts_.n_prompts_equal += std::all_of(here_.begin(), here_.end(), [&](std::size_t i) {
                return prompts_[i].prompts[q].prompt_sha256 ==
                       first_prompts().prompts[q].prompt_sha256;
            });
        }
        if (plan_.generation.own_template) {
            facts_.notes.push_back(
                "own-template: each variant used its own chat template, so not only the weights "
                "differ");
        }
        progress_.finish(fmt::format("longest {} tokens, the first {} shared",
                                     longest_,
                                     first_prompts().prompts.front().n_prefix));
    }

    void prepare_served_messages() {
        std::optional<answer::PromptSet> messages;
        for (std::size_t i = 0; i < variants_.size(); ++i) {
            if (!served_[i]) {
                continue;
            }
            if (!messages) {
                messages = here_.empty()
                               ? answer::prepare_messages(engine(), plan_.generation, questions_)
                               : answer::messages_of(first_prompts());
            }
            prompts_[i] = *messages;
        }
    }

    [[nodiscard]] const answer::PromptSet& first_prompts() const { return prompts_[here_.front()]; }

    void check_tokens(const Variant& variant) {
        for (const answer::PreparedPrompt& prompt : first_prompts().prompts) {
            const auto tokens = engine().tokenize(prompt.text);
            if (!tokens) {
                throw Error(ErrorKind::kOperational, tokens.error());
            }
            if (*tokens != prompt.tokens) {
                throw_usage(fmt::format("its tokenizer gives other token ids than the baseline's "
                                        "(question {}): the variants would not see the same prompt",
                                        prompt.question_id),
                            variant.file.path,
                            "Is it another model? If it is meant, say own-template: true under "
                            "generation; the report then says that not only the weights differ.");
            }
        }
    }

    /// As many slots as memory allows; on backends that are proven not to care this changes no
    /// answer.
    void choose_slots(const std::optional<RunFacts>& before) {
        start_.n_ubatch = plan_.engine.ubatch_size;
        start_.n_threads = n_threads();
        start_.flash_attn = plan_.engine.flash_attn != "off";
        start_.cache_type_k = plan_.engine.cache_type_k;
        start_.cache_type_v = plan_.engine.cache_type_v;
        // Rotary factors that switch on the context's size: then the size may not follow the data.
        const std::int64_t needed = long_rope_ ? plan_.generation.ctx_size
                                               : longest_ + plan_.generation.predict;
        start_.stream_size = static_cast<int>((needed + kStreamPadding - 1) / kStreamPadding *
                                              kStreamPadding);
        start_.n_slots = plan_.engine.slots > 0 ? plan_.engine.slots : kDefaultSlots;
        if (plan_.engine.slots > 0) {
            return;
        }
        if (before) {
            // as it was begun: where it is part of the key, memory may not change it
            start_.n_slots = before->variants[here_.front()].n_parallel;
        }
        if (before || host_.memory_available_bytes == 0) {
            return;
        }
        while (true) {
            wire::PredictMemory request;
            request.load.path = variants_[here_.front()].file.path;
            request.load.n_gpu_layers = plan_.engine.n_gpu_layers;
            request.start = start_;
            const auto predicted = engine().predict_memory(request);
            if (!predicted) {
                return;  // the context itself will say what is wrong
            }
            const std::uint64_t total = predicted->model_bytes + predicted->context_bytes +
                                        predicted->compute_bytes;
            if (total <= host_.memory_available_bytes * 9 / 10) {
                return;
            }
            if (start_.n_slots <= kFewestSlots) {
                progress_.note(fmt::format("memory may not suffice: about {} needed, {} available",
                                           format_bytes(total),
                                           format_bytes(host_.memory_available_bytes)));
                return;
            }
            start_.n_slots = kFewestSlots;
        }
    }

    /// Half of a run's answers from one engine and half from another would compare engines, not
    /// weights.
    void refuse_another_engine(const std::optional<RunFacts>& before) const {
        if (!before || here_.empty()) {
            return;
        }
        const EngineInfo& then = before->variants[here_.front()].engine;
        const EngineInfo& now = facts_.variants[here_.front()].engine;
        if (then.fingerprint == now.fingerprint) {
            return;
        }
        throw_operational(
            fmt::format("the run was begun with another engine or machine ({}), and now it would "
                        "go on with {}",
                        then.description,
                        now.description),
            plan_.run_dir,
            "Go on with the engine that began it (--engine), or start anew with another --run.");
    }

    void describe_given(const GivenAnswers& given) {
        const std::string& name = variants_[facts_.variants.size()].name;
        facts_.notes.push_back(
            fmt::format("{}: its answers were made elsewhere; with which prompts, passages, "
                        "settings and engine is not known, so not only the weights may differ",
                        name));
        facts_.notes.insert(facts_.notes.end(), given.notes.begin(), given.notes.end());
        for (const std::string& note : given.notes) {
            progress_.note(note);
        }
        facts_.variants.push_back({name, {}, 0, given.keys});
    }

    /// Reads back what is served, unless nothing is to be asked of it: a finished run needs no
    /// server.
    void describe_served(std::size_t index, const std::optional<RunFacts>& before) {
        ServedVariant& served = *served_[index];
        Variant& variant = variants_[index];
        const auto keys = [&](const std::string& fingerprint) {
            std::vector<std::string> out;
            for (const answer::PreparedPrompt& prompt : prompts_[index].prompts) {
                out.push_back(answer::served_answer_key(fingerprint, prompt, plan_.generation));
            }
            return out;
        };
        VariantFacts facts{variant.name,
                           before ? before->variants[index].engine : EngineInfo{},
                           served.n_parallel(),
                           {}};
        facts.answer_keys = keys(facts.engine.fingerprint);
        if (const std::size_t n_missing = store_->missing_answers(facts.answer_keys).size();
            n_missing > 0) {
            refuse_to_answer(variant, n_missing);
            served.connect(variant.file);
            variant.served = served.model();
            store_->save_variant(plan_sha256_, variant, static_cast<int>(index));
            facts.engine = served.engine();
            facts.answer_keys = keys(facts.engine.fingerprint);
        }
        note_models_before(facts);
        facts_.notes.push_back(served.what_is_not_known(facts.engine.description));
        facts_.variants.push_back(std::move(facts));
    }

    /// A run during which a server's model was replaced says so ever after.
    void note_models_before(const VariantFacts& facts) {
        const std::string key = fmt::format(
                              "models served as {} in plan {}", facts.name, plan_sha256_),
                          line = fmt::format("{}, {}",
                                             facts.engine.description,
                                             facts.engine.fingerprint.substr(0, 12));
        std::string told = store_->note(key).value_or("");
        if (told != line && !told.ends_with("\n" + line)) {
            store_->put_note(key, told += (told.empty() ? "" : "\n") + line);
        }
        std::vector<std::string> lines = split(told, '\n');
        lines.pop_back();
        for (const std::string& before : lines) {
            facts_.notes.push_back(
                fmt::format("{}: its server ran another model before ({}); every question was "
                            "asked anew of the present one ({})",
                            facts.name,
                            before,
                            line));
            progress_.note(facts_.notes.back());
        }
    }

    void describe(std::size_t index) {
        const Variant& variant = variants_[index];
        load_vocabulary(variant);
        const answer::PromptSet& prompts = prompts_[index];
        const auto started = engine().describe_start(start_);
        const auto hello = engine().hello();
        if (!started) {
            throw Error(ErrorKind::kOperational, started.error());
        }
        if (!hello) {
            throw Error(ErrorKind::kOperational, hello.error());
        }
        VariantFacts facts{
            variant.name,
            {"assay-engine", hello->version, started->fingerprint, started->description},
            start_.n_slots,
            {}};
        for (const answer::PreparedPrompt& prompt : prompts.prompts) {
            facts.answer_keys.push_back(answer::answer_key(variant.file.sha256,
                                                           prompt,
                                                           plan_.generation,
                                                           prompts.stops,
                                                           started->fingerprint));
        }
        if (!started->proven) {
            facts_.notes.push_back(
                fmt::format("{}: that answers do not depend on slots, stream size and threads is "
                            "not proven on this backend; they are part of the answers' key",
                            variant.name));
        }
        facts_.variants.push_back(std::move(facts));
    }

    /// What was read from a file is kept in the store: a report needs the file no more.
    void keep_given(std::size_t index) {
        const GivenAnswers& given = *given_[index];
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            if (!store_->has_answer(given.keys[q])) {
                store_->save_answer({given.keys[q],
                                     variants_[index].name,
                                     given.file.sha256,
                                     given.answers[q],
                                     utc_now()});
            }
        }
    }

    struct Missing {
        std::map<std::string, std::string> key_of;  ///< question id -> key
        std::vector<const answer::PreparedPrompt*> prompts;
    };

    [[nodiscard]] Missing missing_answers(std::size_t index) const {
        const std::vector<std::string>& keys = facts_.variants[index].answer_keys;
        const std::vector<answer::PreparedPrompt>& prompts = prompts_[index].prompts;
        const std::vector<std::string> missing = store_->missing_answers(keys);
        std::set<std::string> wanted(missing.begin(), missing.end());
        Missing out;
        for (std::size_t q = 0; q < prompts.size(); ++q) {
            out.key_of[prompts[q].question_id] = keys[q];
            if (wanted.erase(keys[q]) > 0) {
                out.prompts.push_back(&prompts[q]);
            }
        }
        return out;
    }

    void refuse_to_answer(const Variant& variant, std::size_t n_missing) const {
        if (!options_.only_judge || n_missing == 0) {
            return;
        }
        throw_usage(
            fmt::format("{} of the {} answers of {} are missing, and only judging was asked for",
                        n_missing,
                        questions_.size(),
                        variant.name),
            plan_.run_dir,
            "Make them first: the same command with `run` in place of `judge`.");
    }

    void answer_served(std::size_t index) {
        const auto [key_of, missing] = missing_answers(index);
        if (missing.empty()) {
            return served_[index]->leave();
        }
        const VariantFacts& facts = facts_.variants[index];
        llm::ServedGenerator& generator = served_[index]->generator();
        const std::string version_note = "model that replies named, of " + facts.engine.fingerprint;
        generator.expect_version(store_->note(version_note).value_or(""));
        progress_.begin(fmt::format("answers of {}", facts.name), missing.size(), "questions");
        answer::answer_questions(
            generator,
            missing,
            plan_.generation,
            {},
            [&](const Answer& answer) {
                store_->save_answer({key_of.at(answer.question_id),
                                     facts.name,
                                     facts.engine.fingerprint,
                                     answer,
                                     utc_now()});
                store_->put_note(version_note, generator.reply_version());
                progress_.advance(1);
            },
            cancel_);
        stop_if_cancelled();
        served_[index]->leave();
        progress_.finish("");
    }

    void answer(std::size_t index) {
        if (given_[index]) {
            return keep_given(index);
        }
        if (served_[index]) {
            return answer_served(index);
        }
        const Variant& variant = variants_[index];
        const VariantFacts& facts = facts_.variants[index];
        const answer::PromptSet& prompts = prompts_[index];
        const auto [key_of, missing] = missing_answers(index);
        refuse_to_answer(variant, missing.size());
        if (options_.only_judge || (missing.empty() && !recheck_is_owed(variant, prompts, facts))) {
            return;
        }

        progress_.begin(fmt::format("answers of {}", variant.name), missing.size(), "questions");
        llm::EngineGenerator generator({llm::find_engine(plan_.engine.path),
                                        {variant.file.path, false, plan_.engine.n_gpu_layers},
                                        sampling(),
                                        plan_.generation.predict},
                                       cancel_,
                                       progress_);
        generator.load();
        if (const wire::Started started = generator.start(start_);
            started.fingerprint != facts.engine.fingerprint) {
            throw_operational("the engine that answers is not the one that was described",
                              plan_.run_dir,
                              "Was it rebuilt meanwhile? Run again.");
        }
        bool first = true;
        answer::answer_questions(
            generator,
            missing,
            plan_.generation,
            prompts.stops,
            [&](const Answer& answer) {
                store_->save_answer({key_of.at(answer.question_id),
                                     variant.name,
                                     variant.file.sha256,
                                     answer,
                                     utc_now()});
                if (std::exchange(first, false)) {
                    save_session(variant, facts, generator.peak_memory_bytes(), {});
                }
                progress_.advance(1);
            },
            cancel_);
        stop_if_cancelled();
        const answer::Recheck recheck = answer::recheck_alone(generator,
                                                              answers_to_recheck(prompts, facts),
                                                              plan_.generation,
                                                              prompts.stops,
                                                              cancel_);
        stop_if_cancelled();
        save_session(variant, facts, generator.peak_memory_bytes(), recheck);
        progress_.finish(recheck.n_checked == 0 ? ""
                                                : fmt::format("{} of {} computed again alone: {}",
                                                              recheck.n_equal,
                                                              recheck.n_checked,
                                                              recheck.n_equal == recheck.n_checked
                                                                  ? "bit-equal"
                                                                  : "bit-equal, THE OTHERS NOT"));
    }

    [[nodiscard]] wire::Sampling sampling() const {
        const GenerationSettings& g = plan_.generation;
        return {g.temp,
                g.top_k,
                g.top_p,
                g.min_p,
                g.repeat_penalty,
                g.repeat_last_n < 0 ? g.ctx_size : g.repeat_last_n,
                0};
    }

    /// Any two will do; the smallest keys are the same two in every run.
    [[nodiscard]] std::vector<std::pair<const answer::PreparedPrompt*, Answer>> answers_to_recheck(
        const answer::PromptSet& prompts, const VariantFacts& facts) const {
        std::map<std::string, const answer::PreparedPrompt*> by_key;
        for (std::size_t q = 0; q < prompts.prompts.size(); ++q) {
            by_key.emplace(facts.answer_keys[q], &prompts.prompts[q]);
        }
        std::vector<std::pair<const answer::PreparedPrompt*, Answer>> chosen;
        for (const auto& [key, prompt] : by_key) {
            if (chosen.size() == kRechecked) {
                break;
            }
            const auto row = store_->answer(key);
            if (!row || row->answer.stop_reason == StopReason::kFailed) {
                continue;
            }
            chosen.emplace_back(prompt, row->answer);
            chosen.back().second.question_id = prompt->question_id;
        }
        return chosen;
    }

    /// A run that was stopped between its last answer and the end of its recheck: the latest
    /// session has not checked anything.
    [[nodiscard]] bool recheck_is_owed(const Variant& variant,
                                       const answer::PromptSet& prompts,
                                       const VariantFacts& facts) const {
        bool owed = true;
        for (const store::EngineSession& session : store_->sessions(variant.file.sha256)) {
            if (session.engine.fingerprint == facts.engine.fingerprint) {
                owed = session.n_checked == 0;
            }
        }
        return owed && !answers_to_recheck(prompts, facts).empty();
    }

    void save_session(const Variant& variant,
                      const VariantFacts& facts,
                      std::uint64_t peak_memory_bytes,
                      const answer::Recheck& recheck) {
        store_->save_session({variant.file.sha256,
                              facts.engine,
                              start_.n_slots,
                              peak_memory_bytes,
                              utc_now(),
                              recheck.n_checked,
                              recheck.n_equal});
    }

    void stop_if_cancelled() const {
        if (cancel_) {
            throw Error(ErrorKind::kInterrupted,
                        {"stopped; everything that was finished is kept",
                         plan_.run_dir,
                         "The same command goes on from there."});
        }
    }

    void pair(std::size_t index) {
        const std::vector<std::string>& baseline_keys = facts_.variants.front().answer_keys;
        const std::vector<std::string>& variant_keys = facts_.variants[index].answer_keys;
        std::vector<pairing::PairInput> inputs;
        std::vector<std::string> ids;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            const auto baseline = store_->answer(baseline_keys[q]);
            const auto variant = store_->answer(variant_keys[q]);
            auto input = pairing::make_pair_input(
                questions_[q],
                {baseline_keys[q], baseline ? &baseline->answer : nullptr},
                {variant_keys[q], variant ? &variant->answer : nullptr});
            if (!input) {
                continue;
            }
            ids.push_back(pairing::comparison_id(
                input->question_id, input->baseline_answer_key, input->variant_answer_key));
            inputs.push_back(std::move(*input));
        }
        const std::vector<Comparison> before = store_->comparisons(ids);
        store_->save_comparisons(
            pairing::draw_comparisons(inputs, before, variants_[index].name, plan_.blinding_seed));
        comparisons_.push_back(store_->comparisons(ids));
        sort_in_judging_order(comparisons_.back());
        const auto n_before = static_cast<std::int64_t>(before.size()),
                   n_now = static_cast<std::int64_t>(ids.size());
        streams_.push_back({variants_[index].name, n_before < n_now ? n_before : 0, n_now});
    }

    /// Pairs whose right outcome is known, from the answers of this run.
    void draw_controls() {
        std::vector<pairing::ControlQuestion> sources;
        for (std::size_t q = 0; q < questions_.size(); ++q) {
            pairing::ControlQuestion source{questions_[q].id, {}};
            for (const VariantFacts& facts : facts_.variants) {
                const auto row = store_->answer(facts.answer_keys[q]);
                source.answers.push_back(
                    pairing::control_answer(facts.answer_keys[q], row ? &row->answer : nullptr));
            }
            sources.push_back(std::move(source));
        }
        const bool any_costs_nothing = std::any_of(
            judges_.begin(), judges_.end(), [](const auto& judge) {
                return judge->costs_nothing();
            });
        const std::vector<Control> drawn = plan_controls();
        store_->save_controls(
            pairing::draw_controls(sources,
                                   streams_,
                                   drawn,
                                   n_controls_for(any_costs_nothing, questions_.size()),
                                   plan_.blinding_seed));
    }

    [[nodiscard]] std::vector<Control> plan_controls() const {
        return controls_of_plan(*store_, compared_names(facts_), all_answer_keys(facts_));
    }

    void judge(std::size_t index) {
        const std::string& key = facts_.judges[index].key;
        store_->save_judge(key, plan_.judges[index].name, judges_[index]->identity());
        if (options_.rejudge) {
            store_->set_aside_verdicts(key);
        }
        const report::ReportJudge& facts = facts_.judges[index].judge;
        const std::vector<Control> controls = first_controls(
            plan_controls(), n_controls_for(facts.costs_nothing, questions_.size()));
        for (std::size_t i = 1; i < variants_.size(); ++i) {
            std::vector<Control> among_these;
            std::copy_if(
                controls.begin(),
                controls.end(),
                std::back_inserter(among_these),
                [&](const Control& control) { return control.variant == variants_[i].name; });
            const Asked asked = asked_of(plan_, facts, comparisons_[i - 1]);
            if (facts.both_orders) {
                store_->save_comparisons(asked.in_order);  // as drawn they are there already
            }
            if (!asked.repeats.empty()) {
                store_->save_comparisons(asked.repeats);
            }
            const JudgingTask task{plan_,
                                   plan_.judges[index],
                                   key,
                                   variants_[i].name,
                                   questions_,
                                   asked,
                                   among_these,
                                   cache_ && !facts.costs_nothing ? &*cache_ : nullptr,
                                   !options_.rejudge};
            const bool went_on = judge_missing(task, *judges_[index], *store_, cancel_, progress_);
            stop_if_cancelled();
            if (!went_on) {
                return;  // the rest stays pending; the next run asks for it
            }
        }
    }

    /// Decisions are seen from now on: what is added later is an extension. `model` has the
    /// comparisons by judge, then by variant.
    void note_what_was_shown(const report::ReportModel& model) {
        for (std::size_t i = 0; i < model.comparisons.size(); ++i) {
            if (model.comparisons[i].analysis.decision.label == DecisionLabel::kNotMeasured) {
                continue;
            }
            const JudgeFacts& judge = facts_.judges[i / comparisons_.size()];
            note_decision_shown(
                *store_,
                judge.key,
                asked_of(plan_, judge.judge, comparisons_[i % comparisons_.size()]).in_order);
        }
    }

    const Plan& plan_;
    const RunOptions& options_;
    const std::atomic<bool>& cancel_;
    Progress& progress_;
    const Host host_ = describe_host();
    std::unique_ptr<llm::Engine> engine_;  ///< by engine() only

    const std::vector<Question>& questions_;
    std::vector<std::unique_ptr<judge::Judge>> judges_;
    std::optional<VerdictCache> cache_;
    std::unique_ptr<store::Store> store_;
    std::string plan_sha256_;
    std::vector<Variant> variants_;                   ///< baseline first
    std::vector<std::optional<GivenAnswers>> given_;  ///< one a variant; empty: it is answered here
    std::vector<std::unique_ptr<ServedVariant>> served_;  ///< likewise; null: not served
    std::vector<std::size_t> here_;           ///< places in variants_ of those that run here
    std::vector<answer::PromptSet> prompts_;  ///< one a variant, equal unless own-template; empty
                                              ///< of those that do not run here
    std::int64_t longest_ = 0;
    bool long_rope_ = false;
    wire::Start start_;
    RunFacts facts_;
    /// of each variant but the baseline, as drawn, in judging order
    std::vector<std::vector<Comparison>> comparisons_;
    std::vector<pairing::ControlStream> streams_;  ///< likewise
};

}  // namespace

report::ReportModel run_experiment(const RunOptions& options,
                                   const std::atomic<bool>& cancel,
                                   Progress& progress) {
    return Experiment(options, cancel, progress).run();
}

}  // namespace assay::app
