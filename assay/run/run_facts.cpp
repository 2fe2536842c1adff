#include "assay/run/run_facts.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"

namespace assay {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(EngineInfo, name, version, fingerprint, description)

namespace report {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HostInfo, cpu, cores, os)
// Facts of an older assay may lack fields that came later.
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE_WITH_DEFAULT(ReportJudge,
                                                name,
                                                provider,
                                                model,
                                                url,
                                                versions,
                                                n_calls,
                                                show_contexts,
                                                show_expected,
                                                costs_nothing,
                                                both_orders)
}  // namespace report

namespace run {
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(JudgeFacts, judge, key)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(VariantFacts, name, engine, n_parallel, answer_keys)
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

std::set<std::string> all_answer_keys(const RunFacts& facts) {
    std::set<std::string> out;
    for (const VariantFacts& variant : facts.variants) {
        out.insert(variant.answer_keys.begin(), variant.answer_keys.end());
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
    const json document = json::parse(*text, nullptr, false);
    if (document.is_discarded()) {
        throw_operational("the facts of the plan are damaged in the store", "assay.sqlite");
    }
    return document.get<RunFacts>();
}

}  // namespace run
}  // namespace assay
