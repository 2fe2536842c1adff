#include "assay/retrieval/frozen.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "assay/base/hash.hpp"
#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::retrieval {

using nlohmann::json;

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(HashedFile, name, sha256)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(LegScore, leg, rank, score)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(Rule, name, value)

void to_json(json& out, const Passage& passage) {
    out = {{"id", passage.id},
           {"title", passage.title},
           {"text", passage.text},
           {"file", passage.file},
           {"sha256", sha256_hex(as_context(passage))}};
}

void from_json(const json& in, Passage& out) {
    out = {in.at("id"), in.at("title"), in.at("text"), in.at("file")};
    if (in.at("sha256") != sha256_hex(as_context(out))) {
        throw_operational(
            "a passage that was retrieved was changed in the store: " + shorten(out.id, 60),
            "assay.sqlite");
    }
}

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FrozenFind, passage, legs, gold)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(FrozenQuestion, text_sha256, gold, found)
NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(
    FrozenDense, model, engine, n_dims, n_tokens, n_cut, cut_questions)

void to_json(json& out, const FrozenRetrieval& frozen) {
    out = {{"corpus", frozen.corpus},
           {"files", frozen.files},
           {"n_passages", frozen.n_passages},
           {"duplicates", frozen.duplicates},
           {"passages_sha256", frozen.passages_sha256},
           {"sqlite_version", frozen.sqlite_version},
           {"rules", frozen.rules},
           {"passages", frozen.passages},
           {"questions", frozen.questions}};
    if (!frozen.left_out.empty()) {
        out["left_out"] = frozen.left_out;
    }
    if (frozen.dense) {
        out["dense"] = *frozen.dense;
    }
}

void from_json(const json& in, FrozenRetrieval& out) {
    in.at("corpus").get_to(out.corpus);
    in.at("files").get_to(out.files);
    in.at("n_passages").get_to(out.n_passages);
    in.at("duplicates").get_to(out.duplicates);
    in.at("passages_sha256").get_to(out.passages_sha256);
    in.at("sqlite_version").get_to(out.sqlite_version);
    in.at("rules").get_to(out.rules);
    in.at("passages").get_to(out.passages);
    in.at("questions").get_to(out.questions);
    if (in.contains("left_out")) {
        in.at("left_out").get_to(out.left_out);
    }
    if (in.contains("dense")) {
        out.dense = in.at("dense").get<FrozenDense>();
    }
}

namespace {

constexpr std::string_view kNote = "retrieval";

/// Whether every place that is named exists.
bool is_sound(const FrozenRetrieval& frozen) {
    for (const auto& [id, question] : frozen.questions) {
        const std::size_t n_gold = question.gold.size();
        for (const FrozenFind& find : question.found) {
            const bool gold_is_there = std::all_of(
                find.gold.begin(), find.gold.end(), [n_gold](std::size_t place) {
                    return place < n_gold;
                });
            if (find.passage >= frozen.passages.size() || !gold_is_there) {
                return false;
            }
        }
    }
    return true;
}

std::string difference_of_rules(const std::vector<Rule>& before, const std::vector<Rule>& now) {
    for (const Rule& rule : now) {
        const auto was = std::find_if(before.begin(), before.end(), [&](const Rule& other) {
            return other.name == rule.name;
        });
        if (was == before.end()) {
            return fmt::format("{} is {}, and was not there", rule.name, rule.value);
        }
        if (was->value != rule.value) {
            return fmt::format("{} was {} and is {}", rule.name, was->value, rule.value);
        }
    }
    return before.size() == now.size() ? "" : "there were further settings";
}

/// Both by the bytes of their names.
std::string difference_of_files(const std::vector<HashedFile>& before,
                                const std::vector<HashedFile>& now) {
    for (std::size_t i = 0; i < std::max(before.size(), now.size()); ++i) {
        if (i == before.size() || (i < now.size() && now[i].name < before[i].name)) {
            return fmt::format("{} is new in the corpus", shorten(now[i].name, 200));
        }
        if (i == now.size() || before[i].name < now[i].name) {
            return fmt::format("{} is gone from the corpus", shorten(before[i].name, 200));
        }
        if (before[i].sha256 != now[i].sha256) {
            return fmt::format("{} of the corpus was changed", shorten(now[i].name, 200));
        }
    }
    return {};
}

}  // namespace

const FrozenQuestion* FrozenRetrieval::of(const Question& question) const {
    const auto found = questions.find(question.id);
    if (found == questions.end() || found->second.text_sha256 != sha256_hex(question.text)) {
        return nullptr;
    }
    return &found->second;
}

std::string to_json_text(const FrozenRetrieval& frozen) {
    return json(frozen).dump(-1, ' ', false, json::error_handler_t::replace);
}

FrozenRetrieval frozen_from_json(std::string_view text) {
    try {
        auto out = json::parse(text).get<FrozenRetrieval>();
        if (is_sound(out)) {
            return out;
        }
    } catch (const json::exception&) {
    }
    throw_operational("what was retrieved is damaged in the store", "assay.sqlite");
}

std::string first_difference(const FrozenRetrieval& frozen,
                             const std::vector<Rule>& rules,
                             const std::vector<HashedFile>& files) {
    const std::string of_rules = difference_of_rules(frozen.rules, rules);
    return of_rules.empty() ? difference_of_files(frozen.files, files) : of_rules;
}

std::optional<std::string> stored_retrieval(const store::Store& store) {
    return store.note(kNote);
}

void freeze(store::Store& store,
            const std::optional<std::string>& before,
            const std::string& text) {
    const auto now = stored_retrieval(store);
    if (now == text) {
        return;
    }
    if (now != before) {
        throw_operational("another assay has retrieved contexts for this run meanwhile",
                          "",
                          "Run the same command again.");
    }
    store.put_note(kNote, text);
}

}  // namespace assay::retrieval
