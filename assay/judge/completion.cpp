#include "assay/judge/completion.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"

namespace assay::judge {

using http::JsonView;
using nlohmann::ordered_json;

std::string request_json(const ApiSettings& settings,
                         const Dialect& dialect,
                         std::string_view system,
                         std::string_view user) {
    ordered_json request;
    request["model"] = settings.model;
    request["messages"] = {{{"role", "system"}, {"content", system}},
                           {{"role", "user"}, {"content", user}}};
    request["stream"] = false;  // some servers and proxies stream unless they are told
    if (dialect.temperature) {
        request["temperature"] = settings.temp;
    }
    request[dialect.max_completion_tokens ? "max_completion_tokens"
                                          : "max_tokens"] = settings.max_tokens;
    if (dialect.format == ReplyFormat::kJsonObject) {
        request["response_format"] = {{"type", "json_object"}};
    }
    if (dialect.format == ReplyFormat::kJsonSchema) {
        ordered_json schema;
        schema["name"] = "verdict";
        schema["strict"] = true;
        schema["schema"] = ordered_json::parse(verdict_schema(settings.tags));
        request["response_format"]["type"] = "json_schema";
        request["response_format"]["json_schema"] = std::move(schema);
    }
    return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::optional<Dialect> plainer_dialect(const Dialect& dialect, std::string_view error_body) {
    if (is_about_size(error_body)) {
        return {};
    }
    const std::string text = blamed_text(error_body);
    Dialect plainer = dialect;
    if (concede(plainer.format,
                text,
                {"response_format",
                 "response format",
                 "json_schema",
                 "json_object",
                 "schema",
                 "grammar",
                 "structured output"})) {
        return plainer;
    }
    if (!dialect.max_completion_tokens && names_any(text, {"max_tokens"})) {
        plainer.max_completion_tokens = true;
        return plainer;
    }
    return concede(plainer.temperature, text, {"temperature"}) ? std::optional(plainer)
                                                               : std::nullopt;
}

std::string describe(const Dialect& dialect) {
    return joined(
        {dialect.format == ReplyFormat::kJsonObject
             ? "response_format json_object instead of json_schema"
             : "",
         dialect.format == ReplyFormat::kNone ? "without response_format" : "",
         dialect.max_completion_tokens ? "max_completion_tokens instead of max_tokens" : "",
         dialect.temperature ? "" : "without temperature"});
}

std::optional<Completion> read_completion(std::string_view body) {
    const JsonView document(body);
    const std::vector<JsonView> choices = document["choices"].items();
    if (choices.empty()) {
        return {};
    }
    const JsonView message = choices.front()["message"];
    if (!message.is_object()) {
        return {};
    }
    Completion completion;
    completion.content = http::content_text(message["content"]);
    completion.only_thoughts = trim(completion.content).empty() && http::holds_thoughts(message);
    completion.refusal = message["refusal"].text();
    completion.finish_reason = choices.front()["finish_reason"].text();
    completion.model = document["model"].text();
    completion.n_prompt_tokens = document["usage"]["prompt_tokens"].count();
    completion.n_reply_tokens = document["usage"]["completion_tokens"].count();
    return completion;
}

ServerError read_error(std::string_view body) {
    ServerError error = read_plain_error(body);
    error.refused = error.code == "content_filter" || error.code == "content_policy_violation";
    return error;
}

}  // namespace assay::judge
