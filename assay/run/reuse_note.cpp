#include "assay/run/reuse_note.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/result.hpp"

namespace assay::run {
namespace {

std::string key_of(const std::string& judge_key) {
    return "verdicts of other runs " + judge_key;
}

}  // namespace

ReuseNote load_reuse(const store::Store& store, const std::string& judge_key) {
    const auto note = store.note(key_of(judge_key));
    ReuseNote out;
    if (!note) {
        return out;
    }
    try {
        const auto json = nlohmann::json::parse(*note);
        json.at("offered").get_to(out.offered);
        json.at("again").get_to(out.again);
        json.at("stopped").get_to(out.stopped);
    } catch (const nlohmann::json::exception&) {
        throw_operational("what was taken from the judge cache is damaged in the store",
                          "assay.sqlite");
    }
    return out;
}

void save_reuse(store::Store& store, const std::string& judge_key, const ReuseNote& note) {
    store.put_note(
        key_of(judge_key),
        nlohmann::json{{"offered", note.offered}, {"again", note.again}, {"stopped", note.stopped}}
            .dump());
}

}  // namespace assay::run
