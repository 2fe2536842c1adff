#include "assay/llm/ollama_models.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/hash.hpp"

namespace assay::llm {
namespace {

constexpr double kDay = 86400;  ///< s: gigabytes over a slow line

[[noreturn]] void give_up(const std::string& what, Failure failure, std::string remedy = {}) {
    throw_operational(
        fmt::format("{}: {}", what, failure.message), std::move(failure.place), std::move(remedy));
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
                       const std::string& file_sha256) {
    return kGuestPrefix + sha256_of_fields(std::array{run_dir, variant, file_sha256}).substr(0, 16);
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
    const std::string digest = "sha256:" + order_.sha256, blob = "/api/blobs/" + digest;
    // Before anything is there: a creation that is broken off may still succeed.
    const CreatedModel created{order_.name, place.target().url, order_.api_key_env};
    auto note = std::make_unique<CreatedModelNote>(order_.notes, created, cancel);
    made_.push_back({place, std::move(note)});
    const http::HttpReply there = place.ask({.method = "HEAD", .path = blob});
    if (there.status != 200 && there.status != 404) {
        give_up("Ollama cannot be asked for a file", failure_of(place, blob, there));
    }
    if (there.status == 404) {
        const http::HttpReply sent = place.ask({.path = blob, .file = order_.path}, kDay);
        if (sent.status != 201 && sent.status != 200) {
            give_up(fmt::format("Ollama does not take {}", order_.path),
                    failure_of(place, blob, sent),
                    "Has its disk room for it?");
        }
    }
    const nlohmann::json request{
        {"model", order_.name}, {"files", {{"model.gguf", digest}}}, {"stream", false}};
    const http::HttpReply made = place.ask({.path = "/api/create", .body = request.dump()}, kDay);
    if (made.status != 200) {
        give_up(fmt::format("Ollama does not make a model of {}", order_.path),
                failure_of(place, "/api/create", made));
    }
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
