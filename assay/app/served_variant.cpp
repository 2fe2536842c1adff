#include "assay/app/served_variant.hpp"

#include <fmt/format.h>

#include "assay/answer/answer.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/variants/resolve.hpp"

namespace assay::app {
ServedVariant::ServedVariant(const VariantSpec& variant_spec,
                             std::size_t index,
                             RunContext& context)
    : VariantRun(variant_spec, index, context),
      server_(spec.served()->server),
      model_(server_.model.empty() ? spec.name : server_.model),
      generator_(make_generator()) {}

std::unique_ptr<llm::ServedGenerator> ServedVariant::make_generator() const {
    llm::ServedGenerator::Options options{
        spec.name, server_, context().plan.generation, context().options.fidelity};
    options.spec.model = model_;
    return std::make_unique<llm::ServedGenerator>(
        std::move(options), context().cancel, context().progress);
}

void ServedVariant::check() {
    check_file();
}

void ServedVariant::resolve(const ModelFile& baseline_file) {
    variant.origin = "a server's model";
    resolve_file(baseline_file);
    const std::vector<Variant> before = context().store->variants(context().plan_sha256);
    variant.served = ServedModel{};
    if (place < before.size() && before[place].served) {
        variant.served = before[place].served;
    }
}

void ServedVariant::connect() {
    if (server_.model.empty()) {
        bring_file();
    } else if (server_.pull) {
        pull();
    }
    generator_->connect();
}

void ServedVariant::bring_file() {
    context().progress.begin(fmt::format("bringing {} to Ollama", spec.name), 0, "");
    const auto inspected = context().engine().inspect(variant.file.path);
    if (!inspected) {
        throw Error(ErrorKind::kUsage, inspected.error());
    }
    if (inspected->parts.size() > 1) {
        throw_usage(fmt::format("{}: a model in several files is not taken to Ollama", spec.name),
                    variant.file.path,
                    "Join them with llama-gguf-split --merge.");
    }
    const LoraFile* adapter = variant.applied_lora();
    model_ = llm::guest_name(
        context().plan.run_dir, spec.name, variant.file.sha256 + (adapter ? adapter->sha256 : ""));
    guest_ = std::make_unique<llm::OllamaGuest>(
        generator_->places(),
        llm::OllamaGuest::Order{model_,
                                variant.file.path,
                                variant.file.sha256,
                                server_.api_key_env,
                                variants::created_models_folder(),
                                adapter ? adapter->path : "",
                                adapter ? adapter->sha256 : ""},
        context().cancel,
        context().progress);
    generator_ = make_generator();
    context().progress.finish("");
}

void ServedVariant::pull() {
    context().progress.begin(fmt::format("getting {}", model_), 0, "");
    for (const llm::ServedPlace& at : generator_->places()) {
        llm::pull_ollama_model(at, model_);
    }
    context().progress.finish("");
}

ServedModel ServedVariant::served_model() const {
    const llm::ServedFacts& told = generator_->facts();
    std::string addresses;
    for (const llm::ServedPlace& at : generator_->places()) {
        addresses += (addresses.empty() ? "" : ", ") + at.target().url;
    }
    ServedModel out;
    out.provider = server_.provider;
    out.address = addresses;
    out.model = model_;
    out.digest = told.digest;
    out.quantization = told.quantization;
    out.server_version = told.server_version;
    out.size_bytes = told.size_bytes;
    out.server = told.server;
    out.n_parameters = told.n_parameters;
    out.chat_template = told.chat_template;
    out.parameters = told.parameters;
    out.adapters = told.adapters;
    return out;
}

EngineInfo ServedVariant::engine_info() const {
    const llm::ServedFacts& told = generator_->facts();
    return {told.server, told.server_version, generator_->fingerprint(), llm::describe(told)};
}

std::vector<std::string> ServedVariant::keys_under(const std::string& fingerprint) const {
    std::vector<std::string> out;
    for (const answer::PreparedPrompt& prompt : prompts.prompts) {
        out.push_back(answer::served_answer_key(fingerprint, prompt, context().plan.generation));
    }
    return out;
}

/// Reads back what is served, unless nothing is to be asked of it: a finished run needs no server.
void ServedVariant::describe() {
    prompts = context().prompts.messages(context().engine(), n_samples());
    facts.name = variant.name;
    facts.n_parallel = server_.concurrency * static_cast<int>(server_.urls.size());
    if (before() != nullptr) {
        facts.engine = before()->engine;
    }
    facts.answer_keys = keys_under(facts.engine.fingerprint);
    const std::size_t n_missing = context().store->missing_answers(facts.answer_keys).size();
    if (n_missing > 0) {
        refuse_to_answer(n_missing);
        connect();
        variant.served = served_model();
        context().store->save_variant(context().plan_sha256, variant, static_cast<int>(place));
        facts.engine = engine_info();
        facts.answer_keys = keys_under(facts.engine.fingerprint);
    }
    note_models_before();
    note_applied_lora();
    note_what_is_not_known();
}

/// A run during which a server's model was replaced says so ever after.
void ServedVariant::note_models_before() {
    const std::string key = fmt::format(
        "models served as {} in plan {}", facts.name, context().plan_sha256);
    const std::string line = fmt::format(
        "{}, {}", facts.engine.description, facts.engine.fingerprint.substr(0, 12));
    std::string told = context().store->note(key).value_or("");
    if (told != line && !told.ends_with("\n" + line)) {
        told += (told.empty() ? "" : "\n") + line;
        context().store->put_note(key, told);
    }
    std::vector<std::string> lines = split(told, '\n');
    lines.pop_back();
    for (const std::string& earlier : lines) {
        context().facts.notes.push_back(
            fmt::format("{}: its server ran another model before ({}); every question was "
                        "asked anew of the present one ({})",
                        facts.name,
                        earlier,
                        line));
        context().progress.note(context().facts.notes.back());
    }
}

void ServedVariant::note_what_is_not_known() {
    context().facts.notes.push_back(fmt::format(
        "{}: run by a server ({}), {} at a time; it does not tell the token ids of prompts and "
        "answers nor its memory, and that an answer does not depend on what ran beside it is not "
        "proven. A speed is the server's own, of single requests",
        spec.name,
        facts.engine.description,
        facts.n_parallel));
}

void ServedVariant::answer() {
    const std::vector<const answer::PreparedPrompt*> missing = missing_answers();
    if (missing.empty()) {
        return;
    }
    store::Store& store = *context().store;
    const std::string version_note = "model that replies named, of " + facts.engine.fingerprint;
    generator_->expect_version(store.note(version_note).value_or(""));
    context().progress.begin(
        fmt::format("answers of {}", facts.name), missing.size(), answers_word());
    std::vector<answer::Asked> asked;
    for (const answer::PreparedPrompt* prompt : missing) {
        asked.push_back({prompt});
    }
    answer::answer_questions(
        *generator_,
        asked,
        context().plan.generation,
        {},
        [&](const answer::PreparedPrompt& prompt,
            const Answer& answer,
            const llm::AnswerResult& result) {
            const std::string& key = key_of(prompt);
            store.save_answer({key, facts.name, facts.engine.fingerprint, answer, utc_now()});
            if (!result.told.empty() && answer.stop_reason != StopReason::kFailed) {
                store.save_told_tokens(key, result.told);
            }
            store.put_note(version_note, generator_->reply_version());
            context().progress.advance(1);
        },
        context().cancel);
    context().stop_if_cancelled();
    context().progress.finish("");
}

}  // namespace assay::app
