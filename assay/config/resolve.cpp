// From a draft to a plan. The draft holds what the experiment file and the flags say, and where
// each value was written; single values obey their rules already. Here the rest is filled in and
// looked at as a whole: names, addresses, files, texts that are given by file, settings that must
// fit each other.
//
// Every step looks at everything and reports what is wrong at the place where it was written, or at
// the file as a whole where it is a default. A value that was reported before is empty and is
// skipped, so that one mistake gives one message.
//
// Invariant: if there is no problem at the end, every name is a slug that no other has, every path
// is absolute and was there, and no default is left open. Only then is the experiment's own name
// made, since it may hold the hash of the plan.
//
// The order of the steps matters once: names come before what is checked by name.

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "assay/base/part_name.hpp"
#include "assay/base/text.hpp"
#include "assay/config/defaults.hpp"
#include "assay/config/draft.hpp"
#include "assay/config/imatrix_entry.hpp"
#include "assay/config/judge_address.hpp"
#include "assay/config/plan_json.hpp"
#include "assay/config/quant_types.hpp"
#include "assay/config/served_entry.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/records/cache_type.hpp"
#include "assay/records/checkpoint_name.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

constexpr std::size_t kMostTextBytes = 1 << 20;

/// The name without its ending; of a part of a split GGUF also without its number.
std::string file_stem(const std::string& file) {
    std::string name = std::filesystem::path(file).filename().string();
    if (const auto part = part_name(name)) {
        return part->prefix;
    }
    if (to_lower_ascii(name).ends_with(".gguf")) {
        name.resize(name.size() - 5);
    }
    return name;
}

class Resolver {
 public:
    Resolver(Draft& draft, Problems& problems)
        : draft_(draft), plan_(draft.plan), problems_(problems) {}

    void run() {
        say_what_is_missing();
        name_variants();
        fill_recipes();
        name_judges();
        share_fields();
        look_for_files();
        read_texts();
        check_together();
        check_retrieval();
        check_decision();
        check_name();
        // Hash and paths of a plan that is not valid would say nothing.
        if (problems_.size() == 0) {
            name_experiment();
        }
    }

 private:
    [[nodiscard]] bool written(const std::string& key) const {
        return draft_.origins.contains(key);
    }

    void add(const std::string& key, std::string message, std::string remedy = {}) {
        problems_.add(draft_.origin(key), std::move(message), std::move(remedy));
    }

    void missing(const std::string& key,
                 const std::string& flag_form,
                 const std::string& file_form,
                 std::string_view what) {
        if (draft_.meant.contains(key)) {
            return;
        }
        Where where = draft_.origin(key);
        where.key.clear();
        problems_.add(where,
                      fmt::format("{} is given", what),
                      draft_.source.empty()
                          ? fmt::format("For example: {}", flag_form)
                          : fmt::format("For example: {} (or {})", file_form, flag_form));
    }

    void say_what_is_missing() {
        if (!is_given(plan_.baseline) && !written("baseline.file") &&
            !written("baseline.answers") && !written("baseline.provider")) {
            missing(
                "baseline", "-m model-F16.gguf", "baseline: {file: model-F16.gguf}", "no baseline");
        }
        if (plan_.variants.empty() && !written("variants")) {
            missing("variants",
                    "--variants Q8_0,Q4_K_M,other.gguf",
                    "variants: [Q8_0, Q4_K_M, {name: mine, file: other.gguf}]",
                    "no variant");
        }
        if (!plan_.dataset.file.empty() || written("dataset.file")) {
            return;
        }
        if (const AnswersSource* answers = plan_.baseline.answers()) {
            // they may hold the questions, too; whoever reads them says so if not
            plan_.dataset.file = answers->file;
        } else {
            missing("dataset",
                    "--questions questions.jsonl",
                    "dataset: {file: questions.jsonl}",
                    "no dataset");
        }
    }

    /// The slug of a given name; reports one that has none.
    std::string checked_name(const std::string& given, const std::string& key) {
        const std::string name = slug(given);
        if (name == "unnamed" && given != name) {
            add(key, "has no ASCII letter or digit, and names are used as file names");
        }
        if (to_lower_ascii(name) == "tie") {
            add(key, "is the word for a tie in the results", "Choose another name.");
        }
        return name;
    }

    /// `owner` and its name; reports a name that another one has. Case is ignored: not every file
    /// system tells it apart.
    void take_name(std::map<std::string, std::string>& taken,
                   const std::string& name,
                   const std::string& owner,
                   const std::string& key,
                   std::string remedy) {
        const auto [entry, is_new] = taken.emplace(to_lower_ascii(name), owner);
        if (!is_new) {
            add(key,
                fmt::format("the name \"{}\" is that of {}, too", name, entry->second),
                std::move(remedy));
        }
    }

    void name_variants() {
        const std::string remedy =
            "Give one of them a name of its own: {name: NAME, type: TYPE}, {name: NAME, file: "
            "FILE} or {name: NAME, answers: FILE}.";
        std::map<std::string, std::string> taken;
        if (is_given(plan_.baseline)) {
            std::string& name = plan_.baseline.name;
            name = written("baseline.name") ? checked_name(name, "baseline.name")
                                            : slug(default_name(plan_.baseline));
            take_name(taken, name, "the baseline", "baseline", remedy);
            fill_address(plan_.baseline.served(), "baseline");
        }
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            VariantSpec& variant = plan_.variants[i];
            const std::string key = fmt::format("variants[{}]", i);
            if (!is_given(variant)) {
                continue;  // was reported
            }
            variant.name = written(key + ".name") ? checked_name(variant.name, key + ".name")
                                                  : slug(default_name(variant));
            take_name(
                taken, variant.name, key, written(key + ".name") ? key + ".name" : key, remedy);
            fill_address(variant.served(), key);
            check_type(key, variant);
            check_applied_lora(key, variant);
        }
    }

    void check_type(const std::string& key, const VariantSpec& variant) {
        const TypeSource* source = variant.type();
        const auto type = source ? find_quant_type(source->type) : std::nullopt;
        if (!type) {
            return;
        }
        const std::string place = written(key + ".type") ? key + ".type" : key;
        // A baseline that names a file beside its answers was reported.
        const bool has_both = written("baseline.file") && written("baseline.answers");
        if (plan_.baseline.file().empty() && is_given(plan_.baseline) && !has_both) {
            add(place,
                fmt::format(
                    "{} is made from the baseline's file, and the baseline is {}",
                    type->name,
                    plan_.baseline.answers() ? "a file of answers" : "a model that a server runs"),
                "Name a GGUF file or a file of answers instead.");
        }
        if (type->needs_imatrix && source->imatrix.empty() && !source->imatrix_text) {
            add(place,
                fmt::format("{} needs an importance matrix", type->name),
                ways_to_an_imatrix(type->name));
        }
        check_imatrix_text(key, variant, draft_, problems_);
    }

    /// Sums of floats depend on their order, and llama.cpp keeps several adapters in none. Ollama's
    /// ADAPTER has no scale.
    void check_applied_lora(const std::string& key, const VariantSpec& variant) {
        const std::vector<LoraSpec> adapters = plan_.baseline.merged_lora();
        const std::size_t n = adapters.size();
        if (!variant.applies_lora()) {
            return;
        }
        if (n == 1 && variant.served() && adapters.front().scale != 1) {
            add(key + ".lora",
                fmt::format("applies the baseline's LoRA adapter with scale {}, and Ollama knows "
                            "scale 1 only",
                            adapters.front().scale),
                "Leave lora: applied out: the type is then made of the merged file.");
        }
        if (n == 1) {
            return;
        }
        const std::string remedy =
            n == 0 ? "Name it there: baseline: {file: model-F16.gguf, lora: [adapter.gguf]}, or "
                     "--lora adapter.gguf."
                   : "Leave lora: applied out: the type is then made of the merged file.";
        add(key + ".lora",
            n == 0 ? "applies the baseline's LoRA adapter, and the baseline has none"
                   : fmt::format("applies one LoRA adapter, and the baseline has {}", n),
            remedy);
    }

    static std::string default_name(const VariantSpec& variant) {
        const VariantEntry entry = entry_of(variant);
        if (!entry.served.model.empty()) {
            return entry.served.model;
        }
        if (!entry.type.empty()) {
            return entry.type + (entry.lora_applied ? "-applied" : "");
        }
        if (!entry.answers.empty()) {
            return std::filesystem::path(entry.answers).stem().string();
        }
        return file_stem(entry.file) + (entry.lora.empty() ? "" : "-lora");
    }

    /// A variant is run as its entry says; where that says nothing, as the engine block does.
    void fill_recipes() {
        fill_recipe("baseline", plan_.baseline);
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            fill_recipe(fmt::format("variants[{}]", i), plan_.variants[i]);
        }
    }

    void fill_recipe(const std::string& key, VariantSpec& variant) {
        variant.recipe = plan_.engine.recipe;
        const auto said = draft_.recipes.find(key);
        if (said == draft_.recipes.end()) {
            return;
        }
        const auto take = [](std::string& word, const std::string& given) {
            if (!given.empty()) {
                word = given;
            }
        };
        take(variant.recipe.flash_attn, said->second.flash_attn);
        take(variant.recipe.cache_type_k, said->second.cache_type_k);
        take(variant.recipe.cache_type_v, said->second.cache_type_v);
        const auto take_written = [&](const char* name, auto& field, const auto& given) {
            if (written(key + "." + name)) {
                field = given;
            }
        };
        RopeScaling& rope = variant.recipe.rope;
        const RopeScaling& said_rope = said->second.rope;
        take_written("rope-scaling", rope.scaling, said_rope.scaling);
        take_written("rope-scale", rope.scale, said_rope.scale);
        take_written("rope-freq-base", rope.freq_base, said_rope.freq_base);
        take_written("yarn-orig-ctx", rope.yarn_orig_ctx, said_rope.yarn_orig_ctx);
        if (variant.recipe != plan_.engine.recipe) {
            check_recipe(key, variant.recipe);
        }
    }

    void check_recipe(const std::string& key, const RunRecipe& recipe) {
        if (is_quantized_cache(recipe.cache_type_v) && recipe.flash_attn == "off") {
            const std::string place = key + ".cache-type-v";
            add(written(place) ? place : key + ".flash-attn",
                fmt::format("{} needs flash-attn: on", recipe.cache_type_v));
        }
        check_rope(key, recipe.rope);
    }

    /// What llama.cpp would take without a word and leave out.
    void check_rope(const std::string& key, const RopeScaling& rope) {
        const auto place = [&](const char* name) {
            const std::string own = key + "." + name;
            return written(own) ? own : key + ".rope-scaling";
        };
        const bool scales = rope.scaling == "linear" || rope.scaling == "yarn";
        if (scales && rope.scale == 0) {
            add(place("rope-scaling"),
                fmt::format("{} needs rope-scale", rope.scaling),
                "For example rope-scale: 4, for four times the context that it was trained for.");
        }
        if (rope.scaling == "none" && rope.scale != 0) {
            add(place("rope-scale"), "has no effect with rope-scaling: none");
        }
        if (rope.yarn_orig_ctx != 0 && rope.scaling != "yarn") {
            add(place("yarn-orig-ctx"), "belongs to rope-scaling: yarn");
        }
    }

    void name_judges() {
        if (plan_.judges.empty()) {
            if (!written("judges")) {
                plan_.judges.push_back(judge_of(kDefaultProvider));
            }
            draft_.judge_template_files.assign(plan_.judges.size(), "");
        }
        std::map<std::string, std::string> taken;
        for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
            JudgeSpec& judge = plan_.judges[i];
            const std::string key = fmt::format("judges[{}]", i);
            if (judge.kind() == JudgeKind::kEmbedded) {
                judge.embedded().model = file_stem(judge.embedded().file);
            }
            const std::string default_name = default_judge_name(judge);
            if (judge.provider.empty() || default_name.empty()) {
                continue;  // was reported
            }
            fill_address(judge, key);
            const bool named = written(key + ".name");
            judge.name = named ? checked_name(judge.name, key + ".name") : slug(default_name);
            take_name(taken,
                      judge.name,
                      key,
                      named ? key + ".name" : key,
                      "Give one of them a name of its own.");
        }
    }

    static std::string default_judge_name(const JudgeSpec& judge) {
        switch (judge.kind()) {
            case JudgeKind::kApi: return judge.api().model;
            case JudgeKind::kEmbedded: return judge.embedded().model;
            case JudgeKind::kByHand: return judge.name.empty() ? judge.provider : judge.name;
            case JudgeKind::kMetric: break;
        }
        const std::string& metric = judge.metric().metric;
        return metric == MetricSettings().metric ? judge.provider : judge.provider + "-" + metric;
    }

    void fill_address(JudgeSpec& judge, const std::string& key) {
        const JudgeProvider* provider = find_judge_provider(judge.provider);
        if (judge.kind() != JudgeKind::kApi || provider->needs_url || !judge.api().url.empty()) {
            return;
        }
        judge.api().url = provider->follows_ollama_host ? ollama_address(key)
                                                        : std::string(provider->default_url);
    }

    void fill_address(ServedSource* source, const std::string& key) {
        if (source && source->server.provider == "ollama" && source->server.urls.empty()) {
            source->server.urls.push_back(ollama_address(key));
        }
    }

    /// Where Ollama is if nobody says it.
    std::string ollama_address(const std::string& key) {
        auto url = default_ollama_url();
        if (!url) {
            add(key,
                "the address in OLLAMA_HOST " + url.error().message,
                "Mend the variable, or write url.");
        }
        return url.value_or("");
    }

    void check_decision() {
        if (plan_.analysis.multiplicity == "holm" &&
            plan_.analysis.stopping == "group-sequential") {
            add("analysis.multiplicity",
                "holm needs a p value, and a group-sequential design gives none",
                "Write multiplicity: ladder, or stopping: hybrid.");
        }
        if (!written("controls.known-bad")) {
            return;
        }
        for (VariantSpec& variant : plan_.variants) {
            if (variant.name == slug(plan_.known_bad)) {
                plan_.known_bad = variant.name;
                return;
            }
        }
        add("controls.known-bad",
            fmt::format("there is no variant \"{}\"", plan_.known_bad),
            "Name one of the variants.");
    }

    /// Reports a file that is not there; true if it is.
    bool look_for(const std::string& key, const std::string& file) {
        if (file.empty() || file.starts_with(kOllamaFile)) {
            return false;  // a name is looked up when the run begins
        }
        if (const auto folder = checkpoint_of(file)) {
            look_for_folder(key, std::string(*folder));
            return false;
        }
        std::error_code error;
        const auto status = std::filesystem::status(file, error);
        if (std::filesystem::is_regular_file(status)) {
            return true;
        }
        const char* what = "is not a file";
        if (std::filesystem::is_directory(status)) {
            what = "is a folder, not a file";
        }
        if (status.type() == std::filesystem::file_type::not_found) {
            what = "no such file";
        }
        if (status.type() == std::filesystem::file_type::none) {
            what = "cannot be looked at";
        }
        add(key,
            fmt::format("{}: {}", what, file),
            file.find("/~") != std::string::npos
                ? "\"~\" has no meaning here; write the whole path."
                : "");
        return false;
    }

    /// What is in it is looked at when the run begins.
    void look_for_folder(const std::string& key, const std::string& folder) {
        std::error_code error;
        const auto status = std::filesystem::status(folder, error);
        if (std::filesystem::is_directory(status)) {
            return;
        }
        const bool exists = std::filesystem::exists(status);
        add(key,
            fmt::format("{}: {}", exists ? "is a file, not a folder" : "no such folder", folder),
            exists ? "A GGUF file is named with file." : "");
    }

    /// A file that is the dataset and has answers, too, calls its fields by one name in both.
    void share_fields() {
        const auto share = [&](const VariantSpec& variant) {
            const AnswersSource* answers = variant.answers();
            if (answers == nullptr || answers->file != plan_.dataset.file) {
                return;
            }
            for (const auto& [field, path] : answers->fields) {
                if (std::find(kDatasetFields.begin(), kDatasetFields.end(), field) !=
                    kDatasetFields.end()) {
                    plan_.dataset.fields.emplace(field, path);
                }
            }
        };
        share(plan_.baseline);
        for (const VariantSpec& variant : plan_.variants) {
            share(variant);
        }
    }

    void look_for_adapters(const std::string& key, const VariantEntry& entry) {
        for (std::size_t i = 0; i < entry.lora.size(); ++i) {
            const std::string place = fmt::format("{}.lora[{}]", key, i);
            look_for(place, entry.lora[i].file);
            if (checkpoint_of(entry.lora[i].file) && !checkpoint_of(entry.file)) {
                add(place,
                    "is the folder of an adapter, which is converted with the config.json of its "
                    "model, and the model is a GGUF file",
                    "Name the model's folder with checkpoint, or the adapter as a GGUF file.");
            }
        }
    }

    void look_for_files() {
        const VariantEntry baseline = entry_of(plan_.baseline);
        look_for("baseline.file", baseline.file);
        look_for_adapters("baseline", baseline);
        look_for(written("baseline.answers") ? "baseline.answers" : "baseline.file",
                 baseline.answers);
        if (plan_.dataset.file != baseline.answers) {
            look_for("dataset.file", plan_.dataset.file);
        }
        look_for("engine.path", plan_.engine.path);
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            const std::string key = fmt::format("variants[{}]", i);
            const VariantEntry entry = entry_of(plan_.variants[i]);
            look_for(written(key + ".file") ? key + ".file" : key, entry.file);
            look_for(written(key + ".answers") ? key + ".answers" : key, entry.answers);
            look_for(key + ".imatrix", entry.imatrix);
            look_for(key + ".imatrix-text", entry.imatrix_text.value_or(ImatrixText()).file);
            look_for_adapters(key, entry);
        }
        for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
            const std::string key = fmt::format("judges[{}]", i);
            if (plan_.judges[i].kind() == JudgeKind::kEmbedded) {
                const std::string& file = plan_.judges[i].embedded().file;
                look_for(written(key + ".file") ? key + ".file" : key, file);
            }
        }
    }

    std::optional<std::string> read_text(const std::string& key, const std::string& file) {
        if (!look_for(key, file)) {
            return std::nullopt;
        }
        std::error_code error;
        if (std::filesystem::file_size(file, error) > kMostTextBytes) {
            add(key, fmt::format("{} is larger than 1 MiB, which no prompt is", file));
            return std::nullopt;
        }
        auto text = intake::read_text_file(file);
        if (!text) {
            add(key, to_sentence(text.error()));
        } else if (trim(*text).empty()) {
            add(key, fmt::format("{} is empty", file));
        } else {
            return std::move(*text);
        }
        return std::nullopt;
    }

    /// Without the line end that editors put at a file's end (as Jinja itself does with a
    /// template).
    static std::string without_last_line_end(std::string text) {
        if (text.ends_with('\n')) {
            text.pop_back();
        }
        if (text.ends_with('\r')) {
            text.pop_back();
        }
        return text;
    }

    void read_texts() {
        GenerationSettings& settings = plan_.generation;
        if (!draft_.system_file.empty()) {
            settings.system = without_last_line_end(
                read_text("generation.system-file", draft_.system_file).value_or(""));
        } else if (!draft_.has_system) {
            settings.system = kDefaultSystem;
        }
        settings.prompt_template = kDefaultPromptTemplate;
        if (const auto text = read_text("generation.prompt-template",
                                        draft_.prompt_template_file)) {
            settings.prompt_template = without_last_line_end(*text);
            if (text->find("question") == std::string::npos) {
                add("generation.prompt-template",
                    fmt::format("{} never shows the question", draft_.prompt_template_file),
                    "Write {{ question }} where it belongs.");
            }
        }
        const bool from_file = !draft_.chat_template_file.empty();
        const std::string key = from_file ? "generation.chat-template-file"
                                          : "generation.chat-template";
        if (auto text = read_text(key, draft_.chat_template_file)) {
            settings.chat_template = std::move(*text);
        }
        if (!settings.chat_template.empty() &&
            settings.chat_template.find("messages") == std::string::npos) {
            add(key,
                "is not a chat template in Jinja: it never uses `messages`",
                "Give the template's text, not its name.");
        }
        for (std::size_t i = 0; i < plan_.judges.size(); ++i) {
            const auto text = read_text(fmt::format("judges[{}].prompt-template", i),
                                        draft_.judge_template_files[i]);
            if (text) {
                plan_.judges[i].replies()->prompt_template = without_last_line_end(*text);
            }
        }
    }

    void check_together() {
        const GenerationSettings& generation = plan_.generation;
        if (generation.predict >= generation.ctx_size) {
            const bool by_predict = written("generation.predict") ||
                                    !written("generation.ctx-size");
            add(by_predict ? "generation.predict" : "generation.ctx-size",
                fmt::format(
                    "predict ({}) must be below ctx-size ({}), which holds prompt and answer",
                    generation.predict,
                    generation.ctx_size));
        }
        const EngineSettings& engine = plan_.engine;
        if (engine.slots % 8 != 0) {
            add("engine.slots",
                fmt::format("must be a multiple of 8, not {}", engine.slots),
                "0 chooses by memory.");
        }
        if (is_quantized_cache(engine.recipe.cache_type_v) && engine.recipe.flash_attn == "off") {
            add("engine.cache-type-v",
                fmt::format("{} needs flash-attn: on", engine.recipe.cache_type_v));
        }
        check_rope("engine", engine.recipe.rope);
        check_power(draft_, problems_);
    }

    void check_retrieval() {
        const std::string& corpus = plan_.retrieval.corpus;
        if (corpus.empty()) {
            if (!written("retrieval.corpus")) {
                refuse_retrieval_without_corpus();
            }
            return;
        }
        std::error_code error;
        if (!std::filesystem::exists(corpus, error)) {
            add("retrieval.corpus",
                fmt::format("no such folder or file: {}", corpus),
                "Name a folder of documents or a JSONL file of passages.");
        } else if (std::filesystem::equivalent(corpus, plan_.dataset.file, error)) {
            add("retrieval.corpus",
                "is the dataset itself: each question would be given its own expected answer",
                "Name the documents that the questions are to be answered from.");
        }
        check_embedder();
        refuse_retrieval_for_answers("baseline", plan_.baseline);
        for (std::size_t i = 0; i < plan_.variants.size(); ++i) {
            refuse_retrieval_for_answers(fmt::format("variants[{}]", i), plan_.variants[i]);
        }
    }

    void check_embedder() {
        if (!plan_.retrieval.embedder.empty()) {
            look_for("retrieval.embedder", plan_.retrieval.embedder);
            return;
        }
        for (const char* key : {"max-tokens", "query-prefix", "passage-prefix"}) {
            const std::string place = fmt::format("retrieval.{}", key);
            if (written(place)) {
                add(place,
                    "is for an embedder, and none is named",
                    "Write retrieval: {embedder: MODEL.gguf} (or --embedder), or leave it out.");
            }
        }
    }

    /// A setting that would do nothing.
    void refuse_retrieval_without_corpus() {
        bool told = false;
        const auto tell = [&](const std::string& key) {
            if (!told && written(key)) {
                add(key,
                    "retrieval needs a corpus",
                    "Write retrieval: {corpus: FOLDER or FILE.jsonl} (or --corpus).");
                told = true;
            }
        };
        for (const char* key : {"embedder", "max-tokens", "query-prefix", "passage-prefix"}) {
            tell(fmt::format("retrieval.{}", key));
        }
        visit_retrieval(plan_.retrieval, [&](const Setting& setting, const auto&, const auto&) {
            tell(key_path("retrieval", setting));
        });
        tell("retrieval");
    }

    void refuse_retrieval_for_answers(const std::string& key, const VariantSpec& variant) {
        if (variant.answers() == nullptr) {
            return;
        }
        const std::string place = key + ".answers";
        add(written(place) ? place : key,
            "these answers were made elsewhere, from other contexts than retrieval would find now",
            "Leave retrieval out: the dataset's contexts are those that they were made from.");
    }

    void check_name() {
        const std::string& name = plan_.name;
        if (!written("name")) {
            return;
        }
        const bool one_line = std::none_of(
            name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; });
        if (trim(name).empty()) {
            add("name", "is empty");
        }
        if (!one_line || name.size() > 200) {
            add("name", "must be one line of at most 200 bytes");
        }
    }

    void name_experiment() {
        if (!written("name")) {
            plan_.name = draft_.source.empty()
                             ? fmt::format("{}-{}",
                                           slug(default_name(plan_.baseline)),
                                           plan_sha256(plan_).substr(0, 8))
                             : slug(std::filesystem::path(plan_.source).stem().string());
        }
        if (plan_.run_dir.empty()) {
            plan_.run_dir = (draft_.working_dir / "runs" / slug(plan_.name)).string();
        }
    }

    Draft& draft_;
    Plan& plan_;
    Problems& problems_;
};

}  // namespace

void check_power(const Draft& draft, Problems& problems) {
    const AnalysisSettings& analysis = draft.plan.analysis;
    if (analysis.power > analysis.alpha) {
        return;
    }
    const bool by_power = draft.origins.contains("analysis.power") ||
                          !draft.origins.contains("analysis.alpha");
    problems.add(
        draft.origin(by_power ? "analysis.power" : "analysis.alpha"),
        fmt::format("power ({}) must be above alpha ({})", analysis.power, analysis.alpha));
}

void resolve(Draft& draft, Problems& problems) {
    Resolver(draft, problems).run();
}

}  // namespace assay::config
