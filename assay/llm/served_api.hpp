#pragma once
// What differs between servers of models: how they tell of a model, request, reply. Everything else
// is in served_generator.hpp. An implementation keeps nothing, and never throws on what a server
// sent.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/http/http_client.hpp"
#include "assay/records/answer.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/served_adapter.hpp"
#include "assay/records/told_tokens.hpp"

namespace assay::llm {

/// What a server tells of itself and of one of its models. What it does not tell is empty or 0.
struct ServedFacts {
    std::string server;  ///< "ollama" | "llama-server" | "vllm" | "openai"
    std::string server_version;
    std::string digest;   ///< of the model, "sha256:" left out
    std::string weights;  ///< what else names the weights: llama-server's path of the file, vLLM's
                          ///< root
    std::string quantization;        ///< "Q4_K_M"
    std::string architecture;        ///< "qwen2"
    std::string chat_template;       ///< its text
    std::string parameters;          ///< settings that are stored with the model, as text
    std::string system;              ///< system prompt that is stored with the model
    std::vector<std::string> stops;  ///< stop texts that are stored with the model
    std::uint64_t size_bytes = 0;
    std::uint64_t n_parameters = 0;
    std::int64_t ctx_size = 0;      ///< tokens that a request may fill
    bool has_own_messages = false;  ///< messages are stored with the model that would stand before
                                    ///< ours
    std::optional<bool> thinks;     ///< empty: not told
    std::vector<ServedAdapter> adapters{};  ///< LoRA adapters beside the weights, in the server's
                                            ///< order; of llama-server only

    friend bool operator==(const ServedFacts&, const ServedFacts&) = default;
};

/// "ollama 0.17.4, model digest 1f2e..., Q4_K_M, 494.0 M parameters, 397.8 MB"
[[nodiscard]] std::string describe(const ServedFacts& facts);

/// One server, asked one thing after the other.
class ServedPlace {
 public:
    /// `target.url` without a slash at its end. `cancel` throws Error kInterrupted out of every
    /// call. `tells_models` false: nothing there says which models it runs (Azure).
    ServedPlace(http::HttpTarget target, const std::atomic<bool>& cancel, bool tells_models = true)
        : target_(std::move(target)), cancel_(cancel), tells_models_(tells_models) {}

    /// `path` is added to the base address; `timeout_s` 0: the target's.
    [[nodiscard]] http::HttpReply ask(http::HttpRequest request, double timeout_s = 0) const;
    /// For what a server knows without computing: waits at most half a minute.
    [[nodiscard]] http::HttpReply get(const std::string& path) const {
        return ask({.method = "GET", .path = path}, kLookLimit);
    }
    static constexpr double kLookLimit = 30;  ///< s
    [[nodiscard]] const http::HttpTarget& target() const { return target_; }
    [[nodiscard]] bool tells_models() const { return tells_models_; }
    /// The same server below another base address.
    [[nodiscard]] ServedPlace at(std::string base_url) const;

 private:
    http::HttpTarget target_;
    const std::atomic<bool>& cancel_;
    bool tells_models_ = true;
};

/// "URL answered 404: model not found", or the trouble of a reply that did not come.
[[nodiscard]] Failure failure_of(const ServedPlace& place,
                                 const std::string& path,
                                 const http::HttpReply& reply);

/// What a model is asked: a question's turn, with the experiment's system prompt and settings.
struct ServedQuestion {
    const GenerationSettings& settings;
    const ServedFacts& facts;
    const std::string& model;
    std::string_view user;
    std::uint32_t seed = 0;
    bool tells_tokens = false;  ///< probabilities of tokens are asked for, where the server is
                                ///< known to take that
};

/// A reply with status 200. What it does not tell is 0 or empty.
struct ServedReply {
    std::string text;
    StopReason stop_reason = StopReason::kStop;
    std::string failure;  ///< for kFailed
    std::string version;  ///< of the model, as this reply names it
    std::int64_t n_prompt_tokens = 0;
    std::int64_t n_computed_tokens = 0;  ///< of the prompt; 0: not told
    std::int64_t n_answer_tokens = 0;
    double prefill_ms = 0;
    double decode_ms = 0;
    std::vector<ToldToken> tokens;  ///< of the whole answer
};

class ServedApi {
 public:
    virtual ~ServedApi() = default;

    /// The base address as it is used and stored: without what users may or may not write at its
    /// end.
    [[nodiscard]] virtual std::string base(std::string url) const = 0;
    /// Added to the base address for a question.
    [[nodiscard]] virtual std::string path() const = 0;
    /// Reads back what the server tells of the model. No request makes it generate anything.
    [[nodiscard]] virtual Result<ServedFacts> look(const ServedPlace& place,
                                                   const std::string& model) const = 0;
    /// What of the experiment this server cannot do: sentences that name the setting; empty:
    /// nothing.
    [[nodiscard]] virtual std::vector<std::string> complaints(const GenerationSettings& settings,
                                                              const ServedFacts& facts) const = 0;
    [[nodiscard]] virtual std::string request(const ServedQuestion& question) const = 0;
    /// Empty: the body is not a whole document.
    [[nodiscard]] virtual std::optional<ServedReply> read_reply(std::string_view body) const = 0;
};

/// The messages of a question as JSON text: the system turn if there is a system prompt (or
/// `with_system`), and the user's.
[[nodiscard]] std::string messages_json(const ServedQuestion& question, bool with_system);

}  // namespace assay::llm
