#include "assay/llm/ollama_api.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/http/server_error.hpp"
#include "assay/llm/told_tokens.hpp"

namespace assay::llm {
namespace {

using http::JsonView;
using nlohmann::ordered_json;

/// Architectures that v0.17.4 always runs in its own engine (fs/ggml/ggml.go,
/// OllamaEngineRequired), whose sampler has no penalties (sample/samplers.go).
constexpr auto kOwnEngine = std::to_array<std::string_view>(
    {"bert",       "deepseek2", "deepseekocr", "gemma3",     "gemma3n",     "gptoss",
     "gpt-oss",    "llama4",    "mistral3",    "mllama",     "nemotron_h",  "nemotron_h_moe",
     "nomic-bert", "olmo3",     "qwen25vl",    "qwen3",      "qwen3moe",    "qwen35",
     "qwen35moe",  "qwen3next", "qwen3vl",     "qwen3vlmoe", "glm4moelite", "glmocr",
     "lfm2",       "lfm2moe"});

bool same_model(std::string_view listed, std::string_view asked) {
    return listed == asked || listed == std::string(asked) + ":latest";
}

/// The stop texts of a model's parameters, one a line: stop                "<|im_end|>". Quoted as
/// Go does it, which JSON reads but for bytes that no stop text has.
std::vector<std::string> stops_of(std::string_view parameters) {
    std::vector<std::string> stops;
    for (const std::string& line : split(parameters, '\n')) {
        if (!line.starts_with("stop ")) {
            continue;
        }
        const auto text = ordered_json::parse(
            trim(std::string_view(line).substr(5)), nullptr, false);
        if (text.is_string()) {
            stops.push_back(text.get<std::string>());
        }
    }
    return stops;
}

double ms_of_ns(const JsonView& value) {
    return static_cast<double>(value.count()) / 1e6;
}

class OllamaApi final : public ServedApi {
 public:
    std::string base(std::string url) const override {
        return http::without_ending(std::move(url), {"/v1", "/api"});
    }
    std::string path() const override { return "/api/chat"; }

    Result<ServedFacts> look(const ServedPlace& place, const std::string& model) const override {
        ServedFacts facts;
        facts.server = "ollama";
        const http::HttpReply version = place.get("/api/version");
        facts.server_version = JsonView(version.body)["version"].text();
        if (version.status != 200 || facts.server_version.empty()) {
            Failure failure = failure_of(place, "/api/version", version);
            failure.remedy = "Is it Ollama? Start it with `ollama serve`, or mend the address.";
            return tl::unexpected<Failure>(std::move(failure));
        }
        const http::HttpReply tags = place.get("/api/tags");
        if (tags.status != 200) {
            return tl::unexpected<Failure>(failure_of(place, "/api/tags", tags));
        }
        for (const JsonView& entry : JsonView(tags.body)["models"].items()) {
            if (!same_model(entry["name"].text(), model)) {
                continue;
            }
            facts.digest = entry["digest"].text();
            facts.size_bytes = static_cast<std::uint64_t>(entry["size"].count());
        }
        const http::HttpReply show = place.ask(
            {.path = "/api/show", .body = ordered_json{{"model", model}}.dump()},
            ServedPlace::kLookLimit);
        if (show.status != 200 || facts.digest.empty()) {
            Failure failure = show.status != 200
                                  ? failure_of(place, "/api/show", show)
                                  : Failure{fmt::format("{}/api/tags does not list the model {}",
                                                        place.target().url,
                                                        model),
                                            {},
                                            {}};
            failure.remedy = fmt::format("`ollama pull {}` gets it, or say pull: true.", model);
            return tl::unexpected<Failure>(std::move(failure));
        }
        read_show(JsonView(show.body), facts);
        return facts;
    }

    std::vector<std::string> complaints(const GenerationSettings& settings,
                                        const ServedFacts& facts) const override {
        std::vector<std::string> out;
        if (settings.repeat_penalty != 1 && settings.repeat_last_n != 0 &&
            std::find(kOwnEngine.begin(), kOwnEngine.end(), facts.architecture) !=
                kOwnEngine.end()) {
            out.push_back(
                fmt::format("repeat-penalty {:g} would have no effect: Ollama runs {} in its own "
                            "engine, which ignores it. Write repeat-penalty: 1, for every variant.",
                            settings.repeat_penalty,
                            facts.architecture));
        }
        if (facts.has_own_messages) {
            out.push_back(
                "the model has messages of its own, which would stand before the experiment's.");
        }
        // What Ollama gives a model whose chat template it does not know: the system prompt and the
        // turns would be lost.
        if (trim(facts.chat_template) == "{{ .Prompt }}") {
            out.push_back(
                "the model has no chat template: system prompt and turns would not be marked. "
                "Create it with a TEMPLATE.");
        }
        if (settings.thinking && facts.thinks == false) {
            out.push_back("thinking is true, and the model cannot think.");
        }
        if (!settings.chat_template.empty()) {
            out.push_back(
                "chat-template has no effect: Ollama uses the template that it stores with the "
                "model.");
        }
        return out;
    }

    std::string request(const ServedQuestion& question) const override {
        const GenerationSettings& settings = question.settings;
        ordered_json request;
        request["model"] = question.model;
        // Without a system turn the model's own system prompt would be put in its place.
        request["messages"] = ordered_json::parse(
            messages_json(question, !question.facts.system.empty()));
        request["stream"] = false;
        request["think"] = settings.thinking;
        // A prompt that is too long is an error, not cut in silence; an answer that fills the
        // context ends there.
        request["truncate"] = false;
        request["shift"] = false;
        ordered_json& options = request["options"];
        options["temperature"] = settings.temp;
        options["top_k"] = settings.top_k;
        options["top_p"] = settings.top_p;
        options["min_p"] = settings.min_p;
        options["typical_p"] = 1.0;
        options["repeat_penalty"] = settings.repeat_penalty;
        options["repeat_last_n"] = settings.repeat_last_n < 0 ? settings.ctx_size
                                                              : settings.repeat_last_n;
        options["presence_penalty"] = 0.0;
        options["frequency_penalty"] = 0.0;
        options["num_ctx"] = settings.ctx_size;
        options["num_predict"] = settings.predict;
        options["seed"] = question.seed;
        // Ours would replace the model's own, which end its turn.
        if (!settings.stop.empty()) {
            std::vector<std::string> stops = question.facts.stops;
            stops.insert(stops.end(), settings.stop.begin(), settings.stop.end());
            options["stop"] = stops;
        }
        if (question.tells_tokens) {
            request["logprobs"] = true;  // from 0.12.11 on; older ones do not look at it
            request["top_logprobs"] = kToldCandidates;
        }
        return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }

    std::optional<ServedReply> read_reply(std::string_view body) const override {
        const JsonView document(body);
        const JsonView message = document["message"];
        if (!message.is_object() || !document["done"].is_true()) {
            return {};
        }
        ServedReply reply;
        reply.text = message["content"].text();
        const std::string reason = document["done_reason"].text();
        if (reason == "length") {
            reply.stop_reason = StopReason::kLength;
        } else if (reason == "stop") {
            reply.stop_reason = StopReason::kStop;
        } else {
            reply.stop_reason = StopReason::kFailed;
            reply.failure = fmt::format("Ollama ended the answer for the reason \"{}\"",
                                        shorten(reason, 60));
        }
        reply.n_prompt_tokens = document["prompt_eval_count"].count();
        reply.n_answer_tokens = document["eval_count"].count();
        // prompt_eval_count is of the whole prompt, the duration of what the cache did not have: no
        // speed follows from them.
        reply.decode_ms = ms_of_ns(document["eval_duration"]);
        reply.tokens = read_told_tokens(document["logprobs"], kMostToldTokens);
        return reply;
    }

 private:
    static void read_show(const JsonView& show, ServedFacts& facts) {
        facts.quantization = show["details"]["quantization_level"].text();
        facts.architecture = show["model_info"]["general.architecture"].text();
        facts.n_parameters = static_cast<std::uint64_t>(
            show["model_info"]["general.parameter_count"].count());
        facts.chat_template = show["template"].text();
        facts.parameters = show["parameters"].text();
        facts.system = show["system"].text();
        facts.stops = stops_of(facts.parameters);
        facts.has_own_messages = !show["messages"].items().empty();
        const std::string host = show["remote_host"].text();
        if (!host.empty()) {
            facts.weights = fmt::format("run by {} as {}", host, show["remote_model"].text());
        }
        if (!show["capabilities"].is_array()) {
            return;
        }
        facts.thinks = false;
        for (const JsonView& capability : show["capabilities"].items()) {
            facts.thinks = *facts.thinks || capability.text() == "thinking";
        }
    }
};

}  // namespace

std::unique_ptr<const ServedApi> make_ollama_api() {
    return std::make_unique<OllamaApi>();
}

}  // namespace assay::llm
