#include "assay/run/run_facts.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"

namespace assay {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EngineInfo, name, version, fingerprint, description)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostInfo, cpu, cores, os)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LoraFile, path, sha256, size_bytes, scale)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(SelfReading, n_answers, n_tokens, n_exact, mean_kld)

namespace run {
namespace {

json lora_json(const LoraUse& lora) {
    return {{"applied", lora.mode == LoraMode::kApplied},
            {"base_sha256", lora.base_sha256},
            {"adapters", lora.adapters}};
}

LoraUse lora_of(const json& in) {
    return {in.at("applied").get<bool>() ? LoraMode::kApplied : LoraMode::kMerged,
            in.at("base_sha256"),
            in.at("adapters").get<std::vector<LoraFile>>()};
}

}  // namespace

/// `versions` and `n_calls` are always the same: earlier versions wrote them here.
void to_json(json& out, const JudgeFacts& judge) {
    out = {{"key", judge.key},
           {"judge",
            {{"name", judge.name},
             {"provider", judge.provider},
             {"model", judge.model},
             {"url", judge.url},
             {"versions", json::array()},
             {"n_calls", 0},
             {"show_contexts", judge.show_contexts},
             {"show_expected", judge.show_expected},
             {"costs_nothing", judge.costs_nothing},
             {"both_orders", judge.both_orders}}}};
}

/// Facts of an older assay may lack fields that came later.
void from_json(const json& in, JudgeFacts& out) {
    const json& judge = in.at("judge");
    const JudgeFacts defaults;
    out.key = in.at("key");
    out.name = judge.value("name", defaults.name);
    out.provider = judge.value("provider", defaults.provider);
    out.model = judge.value("model", defaults.model);
    out.url = judge.value("url", defaults.url);
    out.show_contexts = judge.value("show_contexts", defaults.show_contexts);
    out.show_expected = judge.value("show_expected", defaults.show_expected);
    out.costs_nothing = judge.value("costs_nothing", defaults.costs_nothing);
    out.both_orders = judge.value("both_orders", defaults.both_orders);
}

void to_json(json& out, const VariantFacts& facts) {
    out = {{"name", facts.name},
           {"engine", facts.engine},
           {"n_parallel", facts.n_parallel},
           {"answer_keys", facts.answer_keys},
           {"answer_fingerprint", facts.answer_fingerprint},
           {"kv_bytes_per_token", facts.kv_bytes_per_token},
           {"judged_keys", facts.judged_keys}};
    if (facts.n_samples > 0) {
        out["n_samples"] = facts.n_samples;
    }
    if (facts.lora) {
        out["lora"] = lora_json(*facts.lora);
    }
    if (!facts.no_fidelity.empty()) {
        out["no_fidelity"] = facts.no_fidelity;
    }
}

/// Facts of an older assay may lack fields that came later.
void from_json(const json& in, VariantFacts& out) {
    const VariantFacts defaults;
    out.name = in.value("name", defaults.name);
    out.engine = in.value("engine", defaults.engine);
    out.n_parallel = in.value("n_parallel", defaults.n_parallel);
    out.answer_keys = in.value("answer_keys", defaults.answer_keys);
    out.answer_fingerprint = in.value("answer_fingerprint", defaults.answer_fingerprint);
    out.kv_bytes_per_token = in.value("kv_bytes_per_token", defaults.kv_bytes_per_token);
    out.judged_keys = in.value("judged_keys", defaults.judged_keys);
    out.n_samples = in.value("n_samples", defaults.n_samples);
    if (in.contains("lora")) {
        out.lora = lora_of(in.at("lora"));
    }
    out.no_fidelity = in.value("no_fidelity", defaults.no_fidelity);
}

void to_json(json& out, const RunFacts& facts) {
    out = {{"dataset_sha256", facts.dataset_sha256},
           {"command", facts.command},
           {"host", facts.host},
           {"n_prompts_compared", facts.n_prompts_compared},
           {"n_prompts_equal", facts.n_prompts_equal},
           {"notes", facts.notes},
           {"variants", facts.variants},
           {"judges", facts.judges}};
    if (facts.self_reading) {
        out["self_reading"] = *facts.self_reading;
    }
    if (facts.n_context_tokens > 0) {
        out["n_context_tokens"] = facts.n_context_tokens;
    }
}

/// Facts of an older assay may lack fields that came later.
void from_json(const json& in, RunFacts& out) {
    out.dataset_sha256 = in.at("dataset_sha256");
    out.command = in.at("command");
    out.host = in.at("host");
    out.n_prompts_compared = in.at("n_prompts_compared");
    out.n_prompts_equal = in.at("n_prompts_equal");
    out.notes = in.at("notes").get<std::vector<std::string>>();
    out.variants = in.at("variants").get<std::vector<VariantFacts>>();
    out.judges = in.at("judges").get<std::vector<JudgeFacts>>();
    if (in.contains("self_reading")) {
        out.self_reading = in.at("self_reading").get<SelfReading>();
    }
    out.n_context_tokens = in.value("n_context_tokens", std::int64_t{0});
}

namespace {
std::string note_key(const std::string& plan_sha256) {
    return "facts of plan " + plan_sha256;
}
}  // namespace

std::vector<std::string> compared_names(const RunFacts& facts) {
    std::vector<std::string> out;
    for (std::size_t i = 1; i < facts.variants.size(); ++i) {
        out.push_back(facts.variants[i].name);
    }
    return out;
}

std::set<std::string> all_judged_keys(const RunFacts& facts) {
    std::set<std::string> out;
    for (const VariantFacts& variant : facts.variants) {
        const std::vector<std::string>& keys = variant.keys_for_judges();
        out.insert(keys.begin(), keys.end());
    }
    return out;
}

void save_facts(store::Store& store, const std::string& plan_sha256, const RunFacts& facts) {
    store.put_note(note_key(plan_sha256),
                   json(facts).dump(-1, ' ', false, json::error_handler_t::replace));
}

std::optional<RunFacts> load_facts(const store::Store& store, const std::string& plan_sha256) {
    const std::optional<std::string> text = store.note(note_key(plan_sha256));
    if (!text) {
        return std::nullopt;
    }
    try {
        return json::parse(*text).get<RunFacts>();
    } catch (const json::exception&) {
        throw_operational("the facts of the plan are damaged in the store", "assay.sqlite");
    }
}

}  // namespace run
}  // namespace assay
