#pragma once
// An Ollama inside the test program: models that can be told of, asked, created and removed
// (docs/api.md of Ollama).

#include <atomic>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "sim_server.hpp"

namespace assay::test {

class SimOllama {
 public:
    /// Without a model. `port` 0: a free one.
    explicit SimOllama(int port = 0);
    /// With one; `show` is laid over what /api/show tells of it.
    SimOllama(const std::string& model,
              const std::string& digest,
              const nlohmann::json& show = nlohmann::json::object(),
              int port = 0);

    std::atomic<bool> ignores_adapters{false};  ///< as a server that does not know them
    /// What a reply to the n-th chat is (from 1); by default "answer to USER".
    void on_chat(std::function<ScriptedReply(const nlohmann::json& request, int n)> script);
    void set_digest(const std::string& model, const std::string& digest);

    [[nodiscard]] std::string url() const { return server_.base(); }
    [[nodiscard]] int port() const { return server_.port(); }
    [[nodiscard]] std::vector<nlohmann::json> chats() const;
    [[nodiscard]] std::vector<std::string> complaints() const;       ///< on chats
    [[nodiscard]] std::map<std::string, std::string> blobs() const;  ///< path -> bytes
    [[nodiscard]] std::set<std::string> names() const;  ///< of the models that are there
    [[nodiscard]] std::string digest(const std::string& model) const;  ///< empty: not there
    [[nodiscard]] std::vector<std::string> log() const;  ///< "POST /api/create", in order
    [[nodiscard]] int n_chats_at_once() const { return server_.n_at_once(); }

 private:
    struct Model {
        std::string digest;
        nlohmann::json show = nlohmann::json::object();
    };
    ScriptedReply answer(const SeenRequest& request);

    mutable std::mutex mutex_;
    std::map<std::string, Model> models_;
    std::function<ScriptedReply(const nlohmann::json&, int)> on_chat_;
    std::vector<nlohmann::json> chats_;
    std::vector<std::string> complaints_, log_;
    std::map<std::string, std::string> blobs_;
    SimServer server_;
};

/// A reply of /api/chat.
[[nodiscard]] std::string ollama_answer(const std::string& text,
                                        const std::string& done_reason = "stop");

}  // namespace assay::test
