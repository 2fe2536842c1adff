#include "assay/config/plan_json.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <type_traits>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/config/variant_entry.hpp"
#include "assay/records/checkpoint_name.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {
namespace {

using nlohmann::json;  // objects are std::map: keys are written in order

using PathText = std::function<std::string(const std::string&)>;

auto writer(json& block) {
    return [&block]<class Rule>(const Setting& setting, const auto& field, const Rule& rule) {
        json& value = block[std::string(setting.key)] = field;
        if constexpr (std::is_same_v<Rule, RangeOrWord>) {
            if (field == rule.value) {
                value = rule.word;
            }
        }
    };
}

/// What is only for an embedder is not there without one.
json to_json(const RetrievalSettings& retrieval, const PathText& path) {
    const bool has_embedder = !retrieval.embedder.empty();
    json out{{"corpus", path(retrieval.corpus)},
             {"embedder", has_embedder ? path(retrieval.embedder) : std::string(kNoEmbedder)}};
    visit_retrieval(retrieval, writer(out));
    if (has_embedder) {
        visit_embedding(retrieval, writer(out));
        out["query-prefix"] = retrieval.query_prefix;
        out["passage-prefix"] = retrieval.passage_prefix;
    }
    return out;
}

json to_json(const GenerationSettings& settings) {
    json out;
    visit_generation(settings, writer(out));
    if (settings.has_samples()) {  // plans of before there were samples keep their hash
        visit_samples(settings, writer(out));
    }
    out["system"] = settings.system;
    out["prompt-template"] = settings.prompt_template;
    out["chat-template"] = settings.chat_template;
    out["stop"] = settings.stop;
    return out;
}

/// A stored judge has the keys of an API judge, whatever its kind: plans were stored so before each
/// kind had settings of its own, and they keep their hashes. What a judge does not take has its
/// default there.
ApiSettings stored_settings(const JudgeSpec& judge) {
    if (judge.kind() == JudgeKind::kApi) {
        return judge.api();
    }
    ApiSettings out;
    if (const ReplySettings* replies = judge.replies()) {
        static_cast<ReplySettings&>(out) = *replies;
    }
    return out;
}

/// What decides the verdicts of a judge.
json to_json(const JudgeSpec& judge, const PathText& path) {
    const ApiSettings settings = stored_settings(judge);
    json out{{"name", judge.name},
             {"provider", judge.provider},
             {"url", settings.url},
             {"model", settings.model},
             {"prompt-template", settings.prompt_template}};
    visit_replies(settings, writer(out));
    visit_shown(judge, writer(out));
    if (judge.kind() == JudgeKind::kEmbedded) {
        out["file"] = path(judge.embedded().file);
        visit_embedded_judge(judge.embedded(), writer(out));
    }
    // Named only where they are not the defaults: plans of before there were these settings keep
    // their hash.
    if (settings.tags) {
        visit_tags(settings, writer(out));
    }
    if (judge.kind() == JudgeKind::kMetric) {
        const MetricSettings defaults;
        const MetricSettings& own = judge.metric();
        if (own.metric != defaults.metric || own.tie_band != defaults.tie_band) {
            visit_metric(own, writer(out));
        }
    }
    return out;
}

/// How a judge is reached and what it costs, beside what decides its verdicts.
void add_transport(json& out, const JudgeSpec& judge) {
    const ApiSettings settings = stored_settings(judge);
    out["api-key-env"] = settings.api_key_env;
    visit_judge_transport(settings, writer(out));
    if (judge.kind() == JudgeKind::kEmbedded) {
        visit_embedded_room(judge.embedded(), writer(out));
    }
}

/// Only the words in which the recipe is not the engine block's: plans of before variants had
/// recipes keep their hash.
void write_recipe(const RunRecipe& recipe, const RunRecipe& of_engine, json& out) {
    json engine;
    visit_recipe(of_engine, writer(engine));
    visit_rope(of_engine.rope, writer(engine));
    const auto write = [&](const Setting& setting, const auto& value, const auto&) {
        const std::string key(setting.key);
        if (engine.at(key) != value) {
            out[key] = value;
        }
    };
    visit_recipe(recipe, write);
    visit_rope(recipe.rope, write);
}

/// Only where something is said: plans of before RoPE could be scaled keep their hash.
void write_rope(const RopeScaling& rope, json& out) {
    if (rope != RopeScaling()) {
        visit_rope(rope, writer(out));
    }
}

json to_json(const VariantSpec& variant, const RunRecipe& of_engine, const PathText& path) {
    const VariantEntry entry = entry_of(variant);
    if (variant.answers()) {
        json out{{"name", variant.name},
                 {"answers", path(entry.answers)},
                 {"allow-missing", entry.allow_missing}};
        // Only where there are some: plans of before answers had fields keep their hash.
        if (!entry.fields.empty()) {
            out["fields"] = entry.fields;
        }
        return out;
    }
    json out{{"name", variant.name},
             {"type", entry.type},
             {"file", path(entry.file)},
             {"imatrix", path(entry.imatrix)}};
    // Only where there are adapters: plans of before there were any keep their hash.
    for (const LoraSpec& adapter : entry.lora) {
        out["lora"].push_back({{"file", path(adapter.file)}, {"scale", adapter.scale}});
    }
    if (entry.lora_applied) {
        out["lora"] = kLoraApplied;
    }
    if (entry.imatrix_text) {
        out["imatrix"] = kImatrixMade;
        out["imatrix-text"] = path(entry.imatrix_text->file);
        out["imatrix-chunks"] = entry.imatrix_text->n_chunks;
    }
    if (variant.served()) {
        out["served"] = {{"provider", entry.served.provider},
                         {"model", entry.served.model},
                         {"urls", entry.served.urls},
                         {"server", entry.served.server}};
    } else {
        write_recipe(variant.recipe, of_engine, out);
    }
    return out;
}

/// What decides the results.
json identity_of(const Plan& plan, const PathText& path) {
    json out;
    const RunRecipe& recipe = plan.engine.recipe;
    out["baseline"] = to_json(plan.baseline, recipe, path);
    // as plans had it before a baseline could be anything but a file
    if (plan.baseline.runs_here()) {
        out["baseline"].erase("type");
        out["baseline"].erase("imatrix");
    }
    out["variants"] = json::array();
    for (const VariantSpec& variant : plan.variants) {
        out["variants"].push_back(to_json(variant, recipe, path));
    }
    out["dataset"] = {{"file", path(plan.dataset.file)},
                      {"ids", plan.dataset.ids},
                      {"clusters", plan.dataset.clusters},
                      {"fields", plan.dataset.fields}};
    visit_dataset(plan.dataset, writer(out["dataset"]));
    if (plan.analysis.on_these_questions()) {  // plans of before it could be chosen keep their hash
        visit_population(plan.analysis, writer(out["dataset"]));
    }
    if (!plan.dataset.contexts_separator.empty()) {
        out["dataset"]["contexts-separator"] = plan.dataset.contexts_separator;
    }
    // As contexts-separator: plans of before there was retrieval keep their hash.
    if (plan.retrieval.asked_for()) {
        out["retrieval"] = to_json(plan.retrieval, path);
    }
    out["generation"] = to_json(plan.generation);
    out["engine"] = json::object();
    visit_engine(plan.engine, writer(out["engine"]));
    write_rope(recipe.rope, out["engine"]);
    out["judges"] = json::array();
    for (const JudgeSpec& judge : plan.judges) {
        out["judges"].push_back(to_json(judge, path));
    }
    out["judging"] = json::object();
    visit_judging(plan.judging, writer(out["judging"]));
    if (!plan.judging.strip_thoughts) {  // as confirmations below
        visit_what_is_judged(plan.judging, writer(out["judging"]));
    }
    if (plan.judging.panel) {  // likewise
        visit_panel(plan.judging, writer(out["judging"]));
    }
    out["analysis"] = json::object();
    visit_analysis(plan.analysis, writer(out["analysis"]));
    // Only those that are given: plans of before one existed keep their hash.
    visit_confirmations(plan.analysis, [&](const Setting& setting, bool given, const YesNo& range) {
        if (given) {
            writer(out["analysis"])(setting, given, range);
        }
    });
    out["controls"] = {{"known-bad", plan.known_bad}};
    visit_blinding(plan, writer(out));
    return out;
}

/// How a server is reached, beside what decides results.
void add_transport(json& variant, const VariantSpec& spec) {
    const ServedSource* source = spec.served();
    if (source == nullptr) {
        return;
    }
    variant["served"]["api-key-env"] = source->server.api_key_env;
    variant["served"]["pull"] = source->server.pull;
    // Only where there are some: plans of before there were limits are stored as they were.
    const bool has_limits = static_cast<const RequestLimits&>(source->server) != RequestLimits{};
    visit_served_requests(source->server, writer(variant["served"]));
    if (has_limits) {
        visit_limits(source->server, writer(variant["served"]));
    }
}

}  // namespace

std::string plan_to_json(const Plan& plan) {
    json out = identity_of(plan, [](const std::string& path) { return path; });
    add_transport(out["baseline"], plan.baseline);
    for (std::size_t i = 0; i < plan.variants.size(); ++i) {
        add_transport(out["variants"][i], plan.variants[i]);
    }
    out["name"] = plan.name;
    out["source"] = plan.source;
    visit_planning(plan.analysis, writer(out["analysis"]));
    for (std::size_t i = 0; i < plan.judges.size(); ++i) {
        add_transport(out["judges"][i], plan.judges[i]);
    }
    return out.dump();
}

std::string plan_sha256(const Plan& plan) {
    const std::filesystem::path folder = std::filesystem::path(plan.source).parent_path();
    const auto below = [&](const std::string& path) {
        if (!folder.is_absolute() || path.empty()) {
            return path;
        }
        const std::string
            relative = std::filesystem::path(path).lexically_relative(folder).string();
        return relative.empty() || relative.starts_with("..") ? path : relative;
    };
    const auto portable = [&](const std::string& path) {
        const auto checkpoint = checkpoint_of(path);
        return checkpoint ? std::string(kCheckpoint) + below(std::string(*checkpoint))
                          : below(path);
    };
    return sha256_hex(identity_of(plan, portable).dump());
}

}  // namespace assay::config
