#include "assay/run/batch_notes.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace assay::run {
namespace {

std::string batches_key(const std::string& judge_key) {
    return "batches " + judge_key;
}
std::string unbound_key(const std::string& judge_key) {
    return "unbound verdicts " + judge_key;
}

}  // namespace

exchange::Batches load_batches(const store::Store& store, const std::string& judge_key) {
    const auto note = store.note(batches_key(judge_key));
    return note ? exchange::batches_from_json(*note) : exchange::Batches();
}

void save_batches(store::Store& store,
                  const std::string& judge_key,
                  const exchange::Batches& batches) {
    store.put_note(batches_key(judge_key), exchange::batches_to_json(batches));
}

UnboundVerdicts load_unbound(const store::Store& store, const std::string& judge_key) {
    const auto note = store.note(unbound_key(judge_key));
    if (!note) {
        return {};
    }
    const auto json = nlohmann::json::parse(*note);
    return {json.at("ids").get<std::set<std::string>>(),
            json.at("turned").get<std::set<std::string>>()};
}

void save_unbound(store::Store& store,
                  const std::string& judge_key,
                  const UnboundVerdicts& unbound) {
    store.put_note(unbound_key(judge_key),
                   nlohmann::json{{"ids", unbound.ids}, {"turned", unbound.turned}}.dump());
}

std::string sentence_of(const UnboundVerdicts& unbound, const std::string& judge) {
    if (unbound.ids.empty()) {
        return {};
    }
    return fmt::format(
        "{} verdicts of {} were imported with a mapping that is bound to no answers: that the "
        "judge saw these answers is not shown",
        unbound.ids.size(),
        judge);
}

}  // namespace assay::run
