#include "assay/run/run_facts.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"

namespace assay {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EngineInfo, name, version, fingerprint, description)

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostInfo, cpu, cores, os)

namespace run {

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

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(VariantFacts,
                                                name,
                                                engine,
                                                n_parallel,
                                                answer_keys,
                                                answer_fingerprint,
                                                kv_bytes_per_token,
                                                judged_keys)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(RunFacts,
                                   dataset_sha256,
                                   command,
                                   host,
                                   n_prompts_compared,
                                   n_prompts_equal,
                                   notes,
                                   variants,
                                   judges)

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
