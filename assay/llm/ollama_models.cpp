#include "assay/llm/ollama_models.hpp"

#include <fmt/format.h>

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/hash.hpp"

namespace assay::llm {
namespace {

constexpr double kDay = 86400;       ///< s: gigabytes over a slow line
constexpr double kRemovalLimit = 5;  ///< s

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

std::string guest_name(const std::string& run_dir, const std::string& file_sha256) {
    return "assay-temporary-" + sha256_of_fields(std::array{run_dir, file_sha256}).substr(0, 16);
}

OllamaGuest::OllamaGuest(const std::vector<ServedPlace>& places,
                         std::string name,
                         const File& file,
                         Progress& progress)
    : name_(std::move(name)), progress_(progress) {
    const std::string digest = "sha256:" + file.sha256, blob = "/api/blobs/" + digest;
    const nlohmann::json request{
        {"model", name_}, {"files", {{"model.gguf", digest}}}, {"stream", false}};
    try {
        for (const ServedPlace& place : places) {
            const http::HttpReply there = place.ask({.method = "HEAD", .path = blob});
            if (there.status != 200 && there.status != 404) {
                give_up("Ollama cannot be asked for a file", failure_of(place, blob, there));
            }
            if (there.status == 404) {
                const http::HttpReply sent = place.ask({.path = blob, .file = file.path}, kDay);
                if (sent.status != 201 && sent.status != 200) {
                    give_up(fmt::format("Ollama does not take {}", file.path),
                            failure_of(place, blob, sent),
                            "Has its disk room for it?");
                }
            }
            created_at_.push_back(place);  // before it is: a creation that is broken off may still
                                           // succeed
            const http::HttpReply made = place.ask({.path = "/api/create", .body = request.dump()},
                                                   kDay);
            if (made.status != 200) {
                give_up(fmt::format("Ollama does not make a model of {}", file.path),
                        failure_of(place, "/api/create", made));
            }
        }
    } catch (...) {
        remove();
        throw;
    }
}

OllamaGuest::~OllamaGuest() {
    remove();
}

void OllamaGuest::remove() {
    static const std::atomic<bool> kNever{false};  // an interrupted run tidies up, too
    for (const ServedPlace& place : std::exchange(created_at_, {})) {
        try {
            const auto reply = ServedPlace(place.target(), kNever)
                                   .ask({.method = "DELETE",
                                         .path = "/api/delete",
                                         .body = nlohmann::json{{"model", name_}}.dump()},
                                        kRemovalLimit);
            if (reply.status != 200 && reply.status != 404) {
                progress_.note(
                    fmt::format("the model {} could not be removed: {}; `ollama rm {}` does",
                                name_,
                                failure_of(place, "/api/delete", reply).message,
                                name_));
            }
        } catch (const Error& error) {
            progress_.note(
                fmt::format("the model {} could not be removed: {}", name_, error.what()));
        }
    }
}

}  // namespace assay::llm
