#include "assay/app/verdict_cache.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "assay/analysis/controls.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/names.hpp"

namespace assay::app {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Verdict& v, const std::string& run) {
    ordered_json out{{"run", run},
                     {"state", name_of(v.state)},
                     {"confidence", name_of(v.confidence)},
                     {"reasoning", v.reasoning},
                     {"failure", v.failure},
                     {"prompt_sha256", v.prompt_sha256},
                     {"model_version", v.model_version},
                     {"n_prompt_tokens", v.n_prompt_tokens},
                     {"n_reply_tokens", v.n_reply_tokens},
                     {"elapsed_ms", v.elapsed_ms},
                     {"raw", v.raw}};
    if (v.tags) {
        out["tags"] = {{"a", words_of(v.tags->a)}, {"b", words_of(v.tags->b)}};
    }
    return out;
}

std::optional<CachedVerdict> verdict_of(const std::string& text) {
    try {
        const auto json = ordered_json::parse(text);
        const auto state = verdict_state_of(json.at("state").get<std::string>());
        const auto confidence = confidence_of(json.at("confidence").get<std::string>());
        if (!state || !confidence) {
            return std::nullopt;
        }
        Verdict v;
        v.state = *state;
        v.confidence = *confidence;
        json.at("reasoning").get_to(v.reasoning);
        json.at("failure").get_to(v.failure);
        json.at("prompt_sha256").get_to(v.prompt_sha256);
        json.at("model_version").get_to(v.model_version);
        json.at("n_prompt_tokens").get_to(v.n_prompt_tokens);
        json.at("n_reply_tokens").get_to(v.n_reply_tokens);
        json.at("elapsed_ms").get_to(v.elapsed_ms);
        json.at("raw").get_to(v.raw);
        if (json.contains("tags")) {
            v.tags = pair_tags_of(tags_of_words(json["tags"].at("a")),
                                  tags_of_words(json["tags"].at("b")));
        }
        return CachedVerdict{std::move(v), json.value("run", "")};
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
}

/// Nothing where a word is not known.
std::optional<std::vector<ControlOutcome>> controls_of(const std::string& text) {
    std::vector<ControlOutcome> out;
    try {
        const auto json = ordered_json::parse(text);
        for (const auto& row : json.at("controls")) {
            const auto kind = control_kind_of(row.at("kind").get<std::string>());
            const auto state = verdict_state_of(row.at("state").get<std::string>());
            if (!kind || !state) {
                return std::nullopt;
            }
            out.push_back({*kind,
                           *state,
                           row.at("honest_is_a").get<bool>(),
                           Confidence::kNone,
                           damage_of(row.value("damage", ""))});
        }
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
    return out;
}

}  // namespace

VerdictCache::VerdictCache(std::filesystem::path folder) : folder_(std::move(folder)) {
    std::error_code error;
    std::filesystem::create_directories(folder_, error);
    if (error) {
        throw_usage("the folder of --judge-cache cannot be made: " + error.message(),
                    folder_.string(),
                    "Name another one.");
    }
}

std::string VerdictCache::key(const std::string& judge_identity, const BlindedPair& pair) {
    std::vector<std::string> fields{"verdict",
                                    judge_identity,
                                    pair.question,
                                    pair.expected ? "expected " + *pair.expected : "",
                                    pair.answer_a,
                                    pair.answer_b};
    fields.insert(fields.end(), pair.contexts.begin(), pair.contexts.end());
    // Only where there are some: keys of before there were any stay.
    for (const std::string& alternative : pair.alternatives) {
        fields.push_back("alternative " + alternative);
    }
    return sha256_of_fields(fields);
}

std::optional<CachedVerdict> VerdictCache::find(const std::string& key) const {
    const auto text = read_file(path_of(key));
    return text ? verdict_of(*text) : std::nullopt;
}

void VerdictCache::put(const std::string& key,
                       const Verdict& verdict,
                       const std::string& run) const {
    if (verdict.state == VerdictState::kError || verdict.n_attempts == 0) {
        return;
    }
    std::error_code error;
    std::filesystem::create_directories(path_of(key).parent_path(), error);
    (void)write_file_atomically(
        path_of(key),
        json_of(verdict, run).dump(1, ' ', false, ordered_json::error_handler_t::replace));
}

void VerdictCache::put_controls(const std::string& judge_key,
                                const std::string& run,
                                std::span<const ControlOutcome> outcomes) const {
    const std::filesystem::path path = path_of_controls(judge_key, run);
    std::error_code error;
    if (outcomes.empty()) {
        std::filesystem::remove(path, error);
        return;
    }
    ordered_json out;
    ordered_json& rows = out["controls"] = ordered_json::array();
    for (const ControlOutcome& outcome : outcomes) {
        rows.push_back({{"kind", name_of(outcome.kind)},
                        {"state", name_of(outcome.state)},
                        {"honest_is_a", outcome.honest_is_a}});
        if (outcome.damage) {
            rows.back()["damage"] = name_of(*outcome.damage);
        }
    }
    std::filesystem::create_directories(path.parent_path(), error);
    (void)write_file_atomically(path, out.dump(1));
}

bool VerdictCache::judge_passed(const std::string& judge_key, const std::string& run) const {
    const auto text = read_file(path_of_controls(judge_key, run));
    if (run.empty() || !text) {
        return false;
    }
    const auto outcomes = controls_of(*text);
    return outcomes && analysis::check_controls(*outcomes).passed;
}

std::filesystem::path VerdictCache::path_of(const std::string& key) const {
    return folder_ / key.substr(0, 2) / (key + ".json");
}

/// Hashed again: what a file of the cache calls a run need not be the name of a file.
std::filesystem::path VerdictCache::path_of_controls(const std::string& judge_key,
                                                     const std::string& run) const {
    const std::vector<std::string> fields{"controls", judge_key, run};
    return folder_ / "controls" / (sha256_of_fields(fields) + ".json");
}

}  // namespace assay::app
