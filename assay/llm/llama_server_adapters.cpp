// LoRA adapters that a llama-server was started with (`--lora`, `--lora-scaled`).
//
// Problem: the weights that answer are the file's and the adapters' together, and the scale of an
// adapter can be set anew at any time, by anybody (POST /lora-adapters). Two questions of one
// variant could be answered by two models.
// Model: the list is read back as everything else that the server tells of its model: before the
// first question, every two seconds, and at the end. A list that differs stops the run. Between two
// looks every question carries the scales that were read, which count for that question alone
// (`lora` of a request, tools/server/README.md). So no answer is computed with other scales, even
// if they are set and set back between two looks.
// Not known: what the adapter's file holds. The server tells its path only.

#include "assay/llm/llama_server_adapters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"

namespace assay::llm {
namespace {

using http::JsonView;

constexpr const char* kAdaptersPath = "/lora-adapters";

/// Of a server that does not have the list.
bool is_not_there(int status) {
    return status == 404 || status == 405 || status == 501;
}

bool is_activated(const JsonView& entry) {
    return !entry["alora_invocation_tokens"].items().empty() ||
           !entry["alora_invocation_string"].text().empty();
}

}  // namespace

Result<std::vector<ServedAdapter>> look_at_adapters(const ServedPlace& root) {
    const http::HttpReply reply = root.get(kAdaptersPath);
    if (is_not_there(reply.status)) {
        return std::vector<ServedAdapter>();
    }
    if (reply.status != 200) {
        return tl::unexpected<Failure>(failure_of(root, kAdaptersPath, reply));
    }
    return read_adapters(root.target().url + kAdaptersPath, reply.body);
}

Result<std::vector<ServedAdapter>> read_adapters(const std::string& url, std::string_view body) {
    const JsonView list = JsonView(fmt::format(R"({{"adapters":{}}})", body))["adapters"];
    if (!list.is_array()) {
        return fail(fmt::format("{} answered with no list of LoRA adapters", url));
    }
    std::vector<ServedAdapter> out;
    for (const JsonView& entry : list.items()) {
        const std::string path = entry["path"].text();
        if (path.empty() || !entry["id"].is_number() || !entry["scale"].is_number()) {
            return fail(fmt::format("{} names a LoRA adapter without id, path or scale: {}",
                                    url,
                                    shorten(entry.dump(), 120)));
        }
        if (is_activated(entry)) {
            return fail(fmt::format("{} names {}, an activated LoRA: it changes the model only "
                                    "behind certain tokens",
                                    url,
                                    shorten(path, 200)),
                        {},
                        "assay compares models that are the same for the whole prompt: start the "
                        "server without it.");
        }
        out.push_back({entry["id"].count(), path, entry["scale"].number()});
    }
    return out;
}

std::string complaint_on(const std::vector<ServedAdapter>& adapters) {
    const bool any_applied = std::any_of(
        adapters.begin(), adapters.end(), [](const auto& each) { return each.scale != 0; });
    if (adapters.empty() || any_applied) {
        return "";
    }
    return fmt::format(
        "the server has loaded the LoRA adapter {}{} with scale 0, so it would answer as the base "
        "alone. Set the scale with POST /lora-adapters, or start it without the adapter.",
        shorten(adapters.front().path, 200),
        adapters.size() == 1 ? "" : fmt::format(" and {} more", adapters.size() - 1));
}

std::string scales_json(const std::vector<ServedAdapter>& adapters) {
    auto out = nlohmann::ordered_json::array();
    for (const ServedAdapter& adapter : adapters) {
        out.push_back({{"id", adapter.id}, {"scale", adapter.scale}});
    }
    return out.dump();
}

}  // namespace assay::llm
