// The way back from a stored plan: plan_from_json of plan_json.hpp.

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <type_traits>

#include "assay/config/plan_json.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

using nlohmann::json;

/// A stored plan that is not one of ours. Caught in plan_from_json.
struct Damaged {
    std::string message;
};

/// One object of a stored plan; every key must be asked for exactly once.
class ObjectReader {
 public:
    ObjectReader(const json& object, std::string path) : object_(object), path_(std::move(path)) {
        if (!object.is_object()) {
            throw Damaged{fmt::format("{} is not an object", path_.empty() ? "it" : path_)};
        }
    }

    const json& at(std::string_view key) {
        const auto found = object_.find(std::string(key));
        if (found == object_.end()) {
            throw Damaged{fmt::format("{} is missing", name(key))};
        }
        ++n_read_;
        return *found;
    }

    template <class T>
    void get(std::string_view key, T& field) {
        try {
            field = at(key).get<T>();
        } catch (const json::exception&) {
            throw Damaged{fmt::format("{} has the wrong type", name(key))};
        }
    }

    template <class Field, class Rule>
    void operator()(const Setting& setting, Field& field, const Rule& rule) {
        read(setting.key, field, rule);
    }

    void read(std::string_view key, bool& field, const YesNo&) { get(key, field); }
    template <class Rule>
    void read(std::string_view key, std::string& field, const Rule& rule) {
        get(key, field);
        check(key, complaint(field, rule));
    }
    template <class Number>
    void read(std::string_view key, Number& field, const Range& range) {
        // json::get would silently make 1 of 1.5 and of true.
        const json& value = at(key);
        if (std::is_integral_v<Number> ? !value.is_number_integer() : !value.is_number()) {
            throw Damaged{fmt::format("{} has the wrong type", name(key))};
        }
        check(key, complaint(value.get<double>(), range));
        field = value.get<Number>();
    }

    void read(std::string_view key, int& field, const RangeOrWord& rule) {
        if (at(key) == rule.word) {
            field = rule.value;
            return;
        }
        --n_read_;
        read(key, field, rule.range);
    }

    [[nodiscard]] bool has(std::string_view key) const {
        return object_.contains(std::string(key));
    }

    [[nodiscard]] std::string name(std::string_view key) const {
        return path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key);
    }

    void finish() const {
        if (n_read_ != object_.size()) {
            throw Damaged{fmt::format("{} has keys that this version does not know",
                                      path_.empty() ? "it" : path_)};
        }
    }

 private:
    void check(std::string_view key, const std::string& message) const {
        if (!message.empty()) {
            throw Damaged{fmt::format("{} {}", name(key), message)};
        }
    }

    const json& object_;
    std::string path_;
    std::size_t n_read_ = 0;
};

/// Reads a key that plans which were stored before it existed lack; it then has its default.
auto if_there(ObjectReader& in) {
    return [&in](const Setting& setting, auto& field, const auto& rule) {
        if (in.has(setting.key)) {
            in(setting, field, rule);
        }
    };
}

void read(const json& object, const std::string& path, LoraSpec& adapter) {
    ObjectReader in(object, path);
    in.get("file", adapter.file);
    in.read("scale", adapter.scale, kLoraScale);
    in.finish();
}

/// A list of adapters, or the word for the baseline's adapter at run time.
void read_lora(const json& value, const std::string& path, VariantEntry& entry) {
    if (value.is_string() && value.get<std::string>() == kLoraApplied) {
        entry.lora_applied = true;
        return;
    }
    if (!value.is_array() || value.empty()) {
        throw Damaged{fmt::format("{} is not a list with something in it", path)};
    }
    for (const json& item : value) {
        read(item, fmt::format("{}[{}]", path, entry.lora.size()), entry.lora.emplace_back());
    }
}

void read(const json& object, const std::string& path, ServedSpec& served) {
    ObjectReader in(object, path);
    in.get("provider", served.provider);
    in.get("model", served.model);
    in.get("urls", served.urls);
    in.get("server", served.server);
    in.get("api-key-env", served.api_key_env);
    in.read("pull", served.pull, YesNo{});
    visit_served_requests(served, in);
    visit_limits(served, if_there(in));
    in.finish();
}

void read_imatrix_text(ObjectReader& in, VariantEntry& entry) {
    entry.imatrix.clear();
    ImatrixText& text = entry.imatrix_text.emplace();
    in.get("imatrix-text", text.file);
    in.read("imatrix-chunks", text.n_chunks, kImatrixChunks);
}

/// `variant.recipe` is the engine block's before, and its own afterwards.
void read(const json& object, const std::string& path, VariantSpec& variant) {
    ObjectReader in(object, path);
    VariantEntry entry;
    in.get("name", variant.name);
    if (in.has("answers")) {
        in.get("answers", entry.answers);
        in.read("allow-missing", entry.allow_missing, YesNo{});
        if (in.has("fields")) {
            in.get("fields", entry.fields);
        }
    } else {
        in.get("type", entry.type);
        in.get("file", entry.file);
        in.get("imatrix", entry.imatrix);
        if (entry.imatrix == kImatrixMade) {
            read_imatrix_text(in, entry);
        }
        if (in.has("lora")) {
            read_lora(in.at("lora"), path + ".lora", entry);
        }
        if (in.has("served")) {
            read(in.at("served"), path + ".served", entry.served);
        } else {
            visit_recipe(variant.recipe, if_there(in));
            visit_rope(variant.recipe.rope, if_there(in));
        }
    }
    in.finish();
    const int n_sources = !entry.type.empty() + !entry.file.empty() + !entry.answers.empty() +
                          !entry.served.model.empty();
    if (n_sources != 1) {
        throw Damaged{fmt::format("{} needs one of type, file, answers and a served model", path)};
    }
    variant.source = source_of(std::move(entry));
}

void read_baseline(json object, VariantSpec& baseline) {
    if (object.is_object() && object.contains("file") && !object.contains("served")) {
        object.update({{"type", ""}, {"imatrix", ""}});
    }
    read(object, "baseline", baseline);
}

void read(const json& object, const std::string& path, JudgeSpec& judge) {
    ObjectReader in(object, path);
    std::string provider;
    in.get("provider", provider);
    if (!find_judge_provider(provider)) {
        throw Damaged{fmt::format("{}.provider is no judge that this version knows", path)};
    }
    judge = judge_of(provider);
    in.get("name", judge.name);
    visit_shown(judge, in);
    ApiSettings settings;  // see stored_settings in plan_json.cpp
    in.get("url", settings.url);
    in.get("model", settings.model);
    in.get("api-key-env", settings.api_key_env);
    in.get("prompt-template", settings.prompt_template);
    visit_replies(settings, in);
    visit_judge_transport(settings, if_there(in));
    if (judge.replies()) {
        visit_tags(settings, if_there(in));
        *judge.replies() = settings;
    }
    switch (judge.kind()) {
        case JudgeKind::kApi: judge.api() = settings; break;
        case JudgeKind::kMetric: visit_metric(judge.metric(), if_there(in)); break;
        case JudgeKind::kByHand: break;
        case JudgeKind::kEmbedded:
            in.get("file", judge.embedded().file);
            visit_embedded_judge(judge.embedded(), in);
            visit_embedded_room(judge.embedded(), in);
            break;
    }
    in.finish();
}

/// `like`: what an item is before it is read.
template <class T>
void read_list(ObjectReader& parent,
               const std::string& key,
               std::vector<T>& out,
               const T& like = {}) {
    const json& list = parent.at(key);
    if (!list.is_array() || list.empty()) {
        throw Damaged{fmt::format("{} is not a list with something in it", key)};
    }
    for (const json& item : list) {
        const std::string path = fmt::format("{}[{}]", key, out.size());
        read(item, path, out.emplace_back(like));
    }
}

void read(const json& object, GenerationSettings& settings) {
    ObjectReader in(object, "generation");
    visit_generation(settings, in);
    visit_samples(settings, if_there(in));
    in.get("system", settings.system);
    in.get("prompt-template", settings.prompt_template);
    in.get("chat-template", settings.chat_template);
    in.get("stop", settings.stop);
    in.finish();
}

void read(const json& object, DatasetSpec& dataset, AnalysisSettings& analysis) {
    ObjectReader in(object, "dataset");
    in.get("file", dataset.file);
    visit_dataset(dataset, in);
    visit_population(analysis, if_there(in));
    in.get("ids", dataset.ids);
    in.get("clusters", dataset.clusters);
    in.get("fields", dataset.fields);
    if (in.has("contexts-separator")) {
        in.get("contexts-separator", dataset.contexts_separator);
    }
    in.finish();
}

void read(const json& object, RetrievalSettings& retrieval) {
    ObjectReader in(object, "retrieval");
    in.get("corpus", retrieval.corpus);
    in.get("embedder", retrieval.embedder);
    visit_retrieval(retrieval, in);
    if (retrieval.embedder == kNoEmbedder) {
        retrieval.embedder.clear();
    } else {
        visit_embedding(retrieval, in);
        in.get("query-prefix", retrieval.query_prefix);
        in.get("passage-prefix", retrieval.passage_prefix);
    }
    in.finish();
}

/// Plans of before there were these settings do not name them: nothing was stopped early, nothing
/// corrected, no variant known to be bad, no pair asked twice.
json with_later_settings(json root) {
    if (!root.is_object()) {
        return root;
    }
    root.emplace("controls", json{{"known-bad", ""}});
    root.emplace("judging",
                 json{{"both-orders", false},
                      {"repeats", 0},
                      {"repeat-share", JudgingSettings{}.repeat_share}});
    if (const auto analysis = root.find("analysis");
        analysis != root.end() && analysis->is_object()) {
        analysis->emplace("stopping", "none");
        analysis->emplace("multiplicity", "none");
    }
    return root;
}

Plan read_plan(const json& root) {
    Plan plan;
    ObjectReader in(root, "");
    in.get("name", plan.name);
    in.get("source", plan.source);
    ObjectReader engine(in.at("engine"), "engine");
    visit_engine(plan.engine, engine);
    visit_rope(plan.engine.recipe.rope, if_there(engine));
    engine.finish();
    VariantSpec like;
    like.recipe = plan.engine.recipe;
    plan.baseline = like;
    read_baseline(in.at("baseline"), plan.baseline);
    read_list(in, "variants", plan.variants, like);
    read(in.at("dataset"), plan.dataset, plan.analysis);
    if (in.has("retrieval")) {
        read(in.at("retrieval"), plan.retrieval);
    }
    read(in.at("generation"), plan.generation);
    read_list(in, "judges", plan.judges);
    ObjectReader judging(in.at("judging"), "judging");
    visit_judging(plan.judging, judging);
    visit_what_is_judged(plan.judging, if_there(judging));
    visit_panel(plan.judging, if_there(judging));
    judging.finish();
    ObjectReader analysis(in.at("analysis"), "analysis");
    visit_analysis(plan.analysis, analysis);
    visit_planning(plan.analysis, if_there(analysis));
    visit_confirmations(plan.analysis, if_there(analysis));
    analysis.finish();
    ObjectReader controls(in.at("controls"), "controls");
    controls.get("known-bad", plan.known_bad);
    controls.finish();
    visit_blinding(plan, in);
    in.finish();
    return plan;
}

}  // namespace

Result<Plan> plan_from_json(std::string_view text) {
    // Values that are not UTF-8 or nest without end are refused by the parser, or by their type;
    // neither recurses.
    const json root = json::parse(text, nullptr, false);
    if (root.is_discarded()) {
        return fail("the stored plan is not JSON");
    }
    try {
        return read_plan(with_later_settings(root));
    } catch (const Damaged& error) {
        return fail(fmt::format("the stored plan is damaged: {}", error.message));
    }
}

}  // namespace assay::config
