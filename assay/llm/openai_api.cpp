#include "assay/llm/openai_api.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/http/server_error.hpp"
#include "assay/http/success_body.hpp"
#include "assay/llm/llama_server_adapters.hpp"
#include "assay/llm/told_tokens.hpp"

namespace assay::llm {
namespace {

using http::JsonView;
using nlohmann::ordered_json;

constexpr const char* kPath = "/chat/completions";
constexpr const char* kOllamaInstead = "Write provider: ollama, whose own API takes every setting.";

std::string server_of(std::string_view owned_by) {
    if (owned_by == "llamacpp") {
        return "llama-server";
    }
    if (owned_by == "vllm") {
        return "vllm";
    }
    if (owned_by == "library") {
        return "ollama";
    }
    return "openai";
}

/// Complaints on settings that have an effect and are not taken.
class Untaken {
 public:
    explicit Untaken(const std::string& server, std::string remedy)
        : server_(server), remedy_(std::move(remedy)) {}

    void check(bool has_effect, std::string_view setting, double value) {
        if (has_effect) {
            complaints_.push_back(
                fmt::format("{} {:g} is not taken by {}. {}", setting, value, server_, remedy_));
        }
    }
    [[nodiscard]] std::vector<std::string> take() { return std::move(complaints_); }

 private:
    const std::string& server_;
    std::string remedy_;
    std::vector<std::string> complaints_;
};

class OpenAiApi final : public ServedApi {
 public:
    explicit OpenAiApi(std::string server) : server_(std::move(server)) {}

    std::string base(std::string url) const override {
        return http::without_ending(std::move(url), {kPath});
    }
    std::string path() const override { return kPath; }

    Result<ServedFacts> look(const ServedPlace& place, const std::string& model) const override {
        ServedFacts facts;
        if (!place.tells_models()) {
            facts.server = server_.empty() ? "openai" : server_;
            return facts;
        }
        const http::HttpReply models = place.get("/models");
        const JsonView list = JsonView(models.body)["data"];
        if (models.status != 200 || !list.is_array()) {
            Failure failure = failure_of(place, "/models", models);
            failure.remedy =
                "Mend the address (it mostly ends in /v1), or the key's variable in api-key-env.";
            return tl::unexpected<Failure>(std::move(failure));
        }
        const std::vector<JsonView> entries = list.items();
        const JsonView* entry = nullptr;
        for (const JsonView& each : entries) {
            if (each["id"].text() == model) {
                entry = &each;
            }
        }
        facts.server = server_;
        if (server_.empty()) {
            std::string owner;
            if (!entries.empty()) {
                owner = (entry ? *entry : entries.front())["owned_by"].text();
            }
            facts.server = server_of(owner);
        }
        // llama-server answers with its one model, whatever name it is asked for.
        if (!entry && facts.server == "llama-server" && entries.size() == 1) {
            entry = &entries.front();
        }
        if (!entry) {
            return fail(
                fmt::format("{}/models does not list the model {}", place.target().url, model),
                {},
                entries.empty() ? ""
                                : fmt::format("Write one that is there, such as {}.",
                                              shorten(entries.front()["id"].text(), 80)));
        }
        facts.weights = (*entry)["root"].text();
        facts.ctx_size = (*entry)["max_model_len"].count();
        if (facts.server == "llama-server") {
            return look_at_llama_server(place, *entry, std::move(facts));
        }
        if (facts.server == "vllm") {
            facts.server_version = JsonView(root_of(place).get("/version").body)["version"].text();
        }
        return facts;
    }

    std::vector<std::string> complaints(const GenerationSettings& settings,
                                        const ServedFacts& facts) const override {
        const std::string& server = facts.server;
        const bool draws = settings.temp > 0;  // else top-k, top-p and min-p have no effect
        const bool penalizes = settings.repeat_penalty != 1 && settings.repeat_last_n != 0;
        Untaken untaken(server,
                        server == "ollama"
                            ? kOllamaInstead
                            : "Switch it off for every variant, or use a server that takes it.");
        if (server == "openai") {
            untaken.check(draws && settings.top_k != 0, "top-k", settings.top_k);
            untaken.check(draws && settings.min_p != 0, "min-p", settings.min_p);
            untaken.check(penalizes, "repeat-penalty", settings.repeat_penalty);
        } else if (server == "vllm") {
            untaken.check(penalizes && settings.repeat_last_n > 0,
                          "repeat-penalty with repeat-last-n",
                          settings.repeat_last_n);
        } else if (server == "ollama") {
            untaken.check(draws && settings.top_k != 40, "top-k", settings.top_k);
            untaken.check(draws && settings.min_p != 0, "min-p", settings.min_p);
            untaken.check(
                settings.repeat_penalty != 1.1, "repeat-penalty", settings.repeat_penalty);
            untaken.check(settings.repeat_last_n != 64, "repeat-last-n", settings.repeat_last_n);
        }
        std::vector<std::string> out = untaken.take();
        if (server == "openai" && settings.stop.size() > 4) {
            out.push_back(
                fmt::format("stop has {} texts, and {} takes 4.", settings.stop.size(), server));
        }
        if (facts.ctx_size > 0 && facts.ctx_size < settings.ctx_size) {
            out.push_back(
                fmt::format("ctx-size {} is more than the {} tokens of {}. Start it with more, or "
                            "write ctx-size: {}.",
                            settings.ctx_size,
                            facts.ctx_size,
                            server,
                            facts.ctx_size));
        }
        if (std::string none_applied = complaint_on(facts.adapters); !none_applied.empty()) {
            out.push_back(std::move(none_applied));
        }
        if (settings.thinking && !has_template_switch(server)) {
            out.push_back(fmt::format("thinking is not taken by {}.", server));
        }
        if (!settings.chat_template.empty() && settings.chat_template != facts.chat_template) {
            out.push_back(fmt::format("chat-template has no effect: {} uses its own.", server));
        }
        return out;
    }

    std::string request(const ServedQuestion& question) const override {
        const GenerationSettings& settings = question.settings;
        const std::string& server = question.facts.server;
        ordered_json request;
        request["model"] = question.model;
        request["messages"] = ordered_json::parse(messages_json(question, false));
        request["stream"] = false;  // some servers and proxies stream unless they are told
        request["temperature"] = settings.temp;
        request["top_p"] = settings.top_p;
        request["max_tokens"] = settings.predict;
        request["seed"] = question.seed;
        if (!settings.stop.empty()) {
            request["stop"] = settings.stop;
        }
        if (server == "llama-server") {
            request["top_k"] = settings.top_k;
            request["min_p"] = settings.min_p;
            request["repeat_penalty"] = settings.repeat_penalty;
            request["repeat_last_n"] = settings.repeat_last_n < 0 ? settings.ctx_size
                                                                  : settings.repeat_last_n;
            // What the server may have been started with, and the experiment does not have.
            for (const char* off : {"presence_penalty",
                                    "frequency_penalty",
                                    "dry_multiplier",
                                    "xtc_probability",
                                    "dynatemp_range",
                                    "mirostat"}) {
                request[off] = 0;
            }
            request["typical_p"] = 1.0;
            request["top_n_sigma"] = -1.0;
            request["cache_prompt"] = false;  // a prompt that is partly computed before gives other
                                              // bits
            if (!question.facts.adapters.empty()) {
                request["lora"] = ordered_json::parse(scales_json(question.facts.adapters));
            }
        }
        if (server == "vllm") {
            request["top_k"] = settings.top_k;
            request["min_p"] = settings.min_p;
            request["repetition_penalty"] = settings.repeat_last_n == 0 ? 1.0
                                                                        : settings.repeat_penalty;
        }
        if (has_template_switch(server)) {
            request["chat_template_kwargs"]["enable_thinking"] = settings.thinking;
        }
        if (question.tells_tokens && (server == "llama-server" || server == "vllm")) {
            request["logprobs"] = true;
            request["top_logprobs"] = kToldCandidates;
        }
        return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }

    std::optional<ServedReply> read_reply(std::string_view body) const override {
        const JsonView document(body);
        const std::vector<JsonView> choices = document["choices"].items();
        if (choices.empty() || !choices.front()["message"].is_object()) {
            return {};
        }
        const JsonView message = choices.front()["message"];
        const std::string reason = choices.front()["finish_reason"].text();
        ServedReply reply;
        reply.text = http::content_text(message["content"]);
        if (reply.text.empty()) {
            reply.text = message["refusal"].text();
        }
        reply.version = document["model"].text();
        take_finish(http::finish_of(reason), reply);
        if (trim(reply.text).empty() && http::holds_thoughts(message) && reply.failure.empty()) {
            reply.stop_reason = StopReason::kFailed;
            reply.failure =
                "the answer is empty beside thoughts (reasoning_content): they used up predict, or "
                "the server took the answer for thoughts; raise predict, or switch the server's "
                "reasoning parser off";
        }
        const JsonView usage = document["usage"], timings = document["timings"];
        reply.n_prompt_tokens = usage["prompt_tokens"].count();
        reply.n_answer_tokens = usage["completion_tokens"].count();
        reply.n_computed_tokens = timings["prompt_n"].count();
        reply.prefill_ms = timings["prompt_ms"].number();
        reply.decode_ms = timings["predicted_ms"].number();
        reply.tokens = read_told_tokens(choices.front()["logprobs"]["content"], kMostToldTokens);
        return reply;
    }

 private:
    /// An end that is not known is no reply any more (http/success_body.hpp).
    static void take_finish(http::Finish finish, ServedReply& reply) {
        switch (finish) {
            case http::Finish::kEnded: reply.stop_reason = StopReason::kStop; return;
            case http::Finish::kLimit: reply.stop_reason = StopReason::kLength; return;
            case http::Finish::kWithheld:
                reply.stop_reason = StopReason::kFailed;
                reply.failure = "the provider's content filter withheld the answer";
                return;
            case http::Finish::kNotSaid:
            case http::Finish::kUnknown: reply.stop_reason = StopReason::kUnknown; return;
        }
    }

    static bool has_template_switch(const std::string& server) {
        return server == "llama-server" || server == "vllm";
    }

    static ServedPlace root_of(const ServedPlace& place) {
        return place.at(http::without_ending(place.target().url, {"/v1"}));
    }

    static Result<ServedFacts> look_at_llama_server(const ServedPlace& place,
                                                    const JsonView& entry,
                                                    ServedFacts facts) {
        const ServedPlace root = root_of(place);
        const http::HttpReply reply = root.get("/props");
        const JsonView props(reply.body), meta = entry["meta"];
        if (reply.status != 200) {
            return tl::unexpected<Failure>(failure_of(root, "/props", reply));
        }
        facts.server_version = props["build_info"].text();
        facts.weights = props["model_path"].text();
        facts.quantization = props["model_ftype"].text();
        facts.chat_template = props["chat_template"].text();
        facts.ctx_size = props["default_generation_settings"]["n_ctx"].count();
        facts.size_bytes = static_cast<std::uint64_t>(meta["size"].count());
        facts.n_parameters = static_cast<std::uint64_t>(meta["n_params"].count());
        if (props["role"].text() == "router") {
            return facts;  // it runs no model itself, and would start one only to be asked
        }
        auto adapters = look_at_adapters(root);
        if (!adapters) {
            return tl::unexpected<Failure>(adapters.error());
        }
        facts.adapters = std::move(*adapters);
        return facts;
    }

    const std::string server_;
};

}  // namespace

std::unique_ptr<const ServedApi> make_openai_api(std::string server) {
    return std::make_unique<OpenAiApi>(std::move(server));
}

}  // namespace assay::llm
