#include "assay/app/verdict_cache.hpp"

#include <nlohmann/json.hpp>
#include <vector>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/records/names.hpp"

namespace assay::app {
namespace {

using nlohmann::ordered_json;

ordered_json json_of(const Verdict& v) {
    ordered_json out{{"state", name_of(v.state)},
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

std::optional<Verdict> verdict_of(const std::string& text) {
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
        return v;
    } catch (const nlohmann::json::exception&) {
        return std::nullopt;
    }
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

std::optional<Verdict> VerdictCache::find(const std::string& key) const {
    const auto text = read_file(path_of(key));
    return text ? verdict_of(*text) : std::nullopt;
}

void VerdictCache::put(const std::string& key, const Verdict& verdict) const {
    if (verdict.state == VerdictState::kError || verdict.n_attempts == 0) {
        return;
    }
    std::error_code error;
    std::filesystem::create_directories(path_of(key).parent_path(), error);
    (void)write_file_atomically(
        path_of(key), json_of(verdict).dump(1, ' ', false, ordered_json::error_handler_t::replace));
}

std::filesystem::path VerdictCache::path_of(const std::string& key) const {
    return folder_ / key.substr(0, 2) / (key + ".json");
}

}  // namespace assay::app
