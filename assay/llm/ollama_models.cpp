#include "assay/llm/ollama_models.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"

namespace assay::llm {
namespace {

constexpr double kDay = 86400;  ///< s: gigabytes over a slow line
constexpr const char* kMergedInstead =
    "Versions of Ollama differ in what they do with adapters. Leave lora: applied out: the type is "
    "then made of the merged file.";

[[noreturn]] void give_up(const std::string& what, Failure failure, std::string remedy = {}) {
    throw_operational(
        fmt::format("{}: {}", what, failure.message), std::move(failure.place), std::move(remedy));
}

std::string digest_of(const std::string& sha256) {
    return "sha256:" + sha256;
}

/// Uploads a file where its blob is not there yet.
void bring_blob(const ServedPlace& place, const std::string& path, const std::string& sha256) {
    const std::string blob = "/api/blobs/" + digest_of(sha256);
    const http::HttpReply there = place.ask({.method = "HEAD", .path = blob});
    if (there.status != 200 && there.status != 404) {
        give_up("Ollama cannot be asked for a file", failure_of(place, blob, there));
    }
    if (there.status == 200) {
        return;
    }
    const http::HttpReply sent = place.ask({.path = blob, .file = path}, kDay);
    if (sent.status != 201 && sent.status != 200) {
        give_up(fmt::format("Ollama does not take {}", path),
                failure_of(place, blob, sent),
                "Has its disk room for it?");
    }
}

}  // namespace

void pull_ollama_model(const ServedPlace& place, const std::string& model) {
    const nlohmann::json request{{"model", model}, {"stream", false}};
    const http::HttpReply reply = place.ask({.path = "/api/pull", .body = request.dump()}, kDay);
    if (reply.status != 200) {
        give_up(fmt::format("Ollama does not get {}", model),
                failure_of(place, "/api/pull", reply),
                "Is the name right, and has the server a way to its registry?");
    }
}

std::string guest_name(const std::string& run_dir,
                       const std::string& variant,
                       const std::string& files_sha256) {
    return kGuestPrefix +
           sha256_of_fields(std::array{run_dir, variant, files_sha256}).substr(0, 16);
}

OllamaGuest::OllamaGuest(const std::vector<ServedPlace>& places,
                         Order order,
                         const std::atomic<bool>& cancel,
                         Progress& progress)
    : order_(std::move(order)), progress_(progress) {
    try {
        for (const ServedPlace& place : places) {
            create_at(place, cancel);
        }
    } catch (...) {
        remove();
        throw;
    }
}

void OllamaGuest::create_at(const ServedPlace& place, const std::atomic<bool>& cancel) {
    // Before anything is there: a creation that is broken off may still succeed.
    const CreatedModel created{order_.name, place.target().url, order_.api_key_env};
    auto note = std::make_unique<CreatedModelNote>(order_.notes, created, cancel);
    made_.push_back({place, std::move(note)});
    bring_blob(place, order_.path, order_.sha256);
    if (!order_.adapter.empty()) {
        bring_blob(place, order_.adapter, order_.adapter_sha256);
    }
    const http::HttpReply made = place.ask({.path = "/api/create", .body = request()}, kDay);
    if (made.status != 200) {
        give_up(fmt::format("Ollama does not make a model of {}{}",
                            order_.path,
                            order_.adapter.empty() ? "" : " with the adapter " + order_.adapter),
                failure_of(place, "/api/create", made),
                order_.adapter.empty() ? "" : kMergedInstead);
    }
    if (!order_.adapter.empty()) {
        check_adapter(place);
    }
}

/// A server that does not know adapters may leave one out without an error: the base would answer
/// in the place of the model.
void OllamaGuest::check_adapter(const ServedPlace& place) const {
    const nlohmann::json question{{"model", order_.name}};
    const http::HttpReply show = place.ask({.path = "/api/show", .body = question.dump()},
                                           ServedPlace::kLookLimit);
    if (show.status != 200) {
        give_up("Ollama does not tell of the model that it made",
                failure_of(place, "/api/show", show));
    }
    const std::string recipe = http::JsonView(show.body)["modelfile"].text();
    const std::vector<std::string> lines = split(recipe, '\n');
    const bool has_adapter = std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
        return line.starts_with("ADAPTER ");
    });
    if (!has_adapter) {
        throw_operational(
            fmt::format(
                "Ollama made a model of {} without the adapter {}", order_.path, order_.adapter),
            place.target().url,
            kMergedInstead);
    }
}

std::string OllamaGuest::request() const {
    nlohmann::json out{{"model", order_.name},
                       {"files", {{"model.gguf", digest_of(order_.sha256)}}},
                       {"stream", false}};
    if (!order_.adapter.empty()) {
        out["adapters"] = {{"adapter.gguf", digest_of(order_.adapter_sha256)}};
    }
    return out.dump();
}

OllamaGuest::~OllamaGuest() {
    remove();
}

void OllamaGuest::remove() {
    static const std::atomic<bool> kNever{false};  // an interrupted run tidies up, too
    for (const Made& made : std::exchange(made_, {})) {
        std::string why;
        try {
            const auto removed = remove_ollama_model(ServedPlace(made.place.target(), kNever),
                                                     order_.name);
            why = removed ? "" : removed.error().message;
        } catch (const Error& error) {
            why = error.what();
        }
        if (why.empty()) {
            made.note->forget();
            continue;
        }
        progress_.note(
            fmt::format("the model {} could not be removed: {}; the next run of assay tries again, "
                        "and `ollama rm {}` does",
                        order_.name,
                        why,
                        order_.name));
    }
}

}  // namespace assay::llm
