#include "assay/judge/batch_journal.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/http/json_view.hpp"

namespace assay::judge {
namespace {

using http::JsonView;

constexpr const char* kName = "batches";

}  // namespace

std::vector<BatchEntry> read_batches(std::string_view text) {
    std::vector<BatchEntry> out;
    for (const http::JsonView& row : http::JsonView(text)["batches"].items()) {
        BatchEntry entry{row["label"].text(),
                         row["id"].text(),
                         row["newest_before"].text(),
                         row["n_requests"].count(),
                         {}};
        for (const http::JsonView& item : row["items"].items()) {
            entry.items.push_back({static_cast<std::size_t>(item["number"].count()),
                                   item["item_id"].text(),
                                   item["prompt_sha256"].text()});
        }
        out.push_back(std::move(entry));
    }
    return out;
}

std::string write_batches(const std::vector<BatchEntry>& entries) {
    nlohmann::json batches = nlohmann::json::array();
    for (const BatchEntry& entry : entries) {
        nlohmann::json items = nlohmann::json::array();
        for (const BatchItem& item : entry.items) {
            items.push_back({{"number", item.number},
                             {"item_id", item.item_id},
                             {"prompt_sha256", item.prompt_sha256}});
        }
        batches.push_back({{"label", entry.label},
                           {"id", entry.id},
                           {"newest_before", entry.newest_before},
                           {"n_requests", entry.n_requests},
                           {"items", std::move(items)}});
    }
    return nlohmann::json{{"batches", std::move(batches)}}.dump(
        -1, ' ', false, nlohmann::json::error_handler_t::replace);
}

BatchJournal::BatchJournal(const Journal& journal)
    : journal_(journal), entries_(read_batches(journal.get(kName).value_or(""))) {}

void BatchJournal::save() {
    std::erase_if(entries_, [](const BatchEntry& entry) { return entry.items.empty(); });
    journal_.put(kName, write_batches(entries_));
}

}  // namespace assay::judge
