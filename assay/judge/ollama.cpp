#include "assay/judge/ollama.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/http/json_view.hpp"
#include "assay/judge/http_judge.hpp"

namespace assay::judge {
namespace {

using http::JsonView;
using nlohmann::ordered_json;

constexpr int kSeed = 1;  ///< any fixed one

class Ollama final : public ApiFormat {
 public:
    std::string base(std::string url) const override {
        return without_ending(std::move(url), {"/v1", "/api"});
    }

    std::string request_url(const std::string& base, const std::string&) const override {
        return base + "/api/chat";
    }

    std::vector<std::string> headers(const http::Endpoint&, const std::string& key) const override {
        if (key.empty()) {
            return {};
        }
        return {"Authorization: Bearer " + key};
    }

    std::string request(const ApiSettings& settings,
                        const Dialect& dialect,
                        std::string_view system,
                        std::string_view user) const override {
        ordered_json request;
        request["model"] = settings.model;
        request["messages"] = {{{"role", "system"}, {"content", system}},
                               {{"role", "user"}, {"content", user}}};
        request["stream"] = false;
        if (dialect.format == ReplyFormat::kJsonSchema) {
            request["format"] = ordered_json::parse(verdict_schema(settings.tags));
        }
        if (dialect.format == ReplyFormat::kJsonObject) {
            request["format"] = "json";
        }
        if (dialect.think_switch) {
            request["think"] = false;
        }
        // Otherwise the beginning of a prompt that is too long is thrown away, and the judge sees
        // half of it.
        request["truncate"] = false;
        request["shift"] = false;
        if (dialect.temperature) {
            request["options"]["temperature"] = settings.temp;
        }
        request["options"]["num_predict"] = settings.max_tokens;
        request["options"]["seed"] = kSeed;
        return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }

    std::optional<Dialect> plainer(const Dialect& dialect,
                                   std::string_view error_body) const override {
        if (is_about_size(error_body)) {
            return {};
        }
        const std::string text = blamed_text(error_body);
        Dialect plainer = dialect;
        const bool any = concede(plainer.think_switch, text, {"think"}) ||
                         concede(plainer.format, text, {"format", "schema", "grammar"}) ||
                         concede(plainer.temperature, text, {"temperature"});
        return any ? std::optional(plainer) : std::nullopt;
    }

    std::string describe(const Dialect& dialect) const override {
        return joined(
            {dialect.think_switch ? "" : "without think",
             dialect.format == ReplyFormat::kJsonObject ? "format json instead of a schema" : "",
             dialect.format == ReplyFormat::kNone ? "without format" : "",
             dialect.temperature ? "" : "without temperature"});
    }

    std::optional<ApiReply> read_reply(std::string_view body) const override {
        const JsonView document(body);
        const JsonView message = document["message"];
        if (!message.is_object() || !document["done"].is_true()) {
            return {};
        }
        ApiReply reply;
        reply.text = message["content"].text();
        reply.cut_off = document["done_reason"].text() == "length";
        reply.model = document["model"].text();
        reply.n_prompt_tokens = document["prompt_eval_count"].count();
        reply.n_reply_tokens = document["eval_count"].count();
        return reply;
    }

    ServerError read_error(std::string_view body) const override { return read_plain_error(body); }
};

}  // namespace

Result<std::unique_ptr<Judge>> make_ollama_judge(const JudgeSpec& spec,
                                                 const Services& services,
                                                 Progress& progress) {
    return make_http_judge(std::make_unique<Ollama>(), spec, services, progress);
}

}  // namespace assay::judge
