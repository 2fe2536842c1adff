#include "assay/judge/completion.hpp"

#include <initializer_list>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/judge/parse.hpp"

namespace assay::judge {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

ordered_json verdict_schema() {
    // The order of the properties is the order of writing: the verdict follows from the reasoning, not the other way
    // round.
    ordered_json properties;
    properties["reasoning"] = {{"type", "string"}};
    properties["verdict"] = {{"type", "string"}, {"enum", {"A", "B", "TIE"}}};
    properties["confidence"] = {{"type", "string"}, {"enum", {"high", "medium", "low"}}};
    ordered_json schema;
    schema["type"] = "object";
    schema["properties"] = std::move(properties);
    schema["required"] = {"reasoning", "verdict", "confidence"};
    schema["additionalProperties"] = false;
    return schema;
}

/// The body as a JSON object; discarded if it is anything else.
json parse_object(std::string_view body) {
    if (nests_deeper_than(body, 64)) return json(json::value_t::discarded);
    json document = json::parse(to_valid_utf8(body), nullptr, false);
    return document.is_object() ? document : json(json::value_t::discarded);
}

const json* member(const json* object, const char* name) {
    if (!object || !object->is_object()) return nullptr;
    const auto found = object->find(name);
    return found == object->end() ? nullptr : &*found;
}

std::string text_of(const json* value) {
    return value && value->is_string() ? value->get<std::string>() : std::string();
}

std::int64_t count_of(const json* value) {
    return value && value->is_number_unsigned() ? value->get<std::int64_t>() : 0;
}

/// A string, or a list of {"type": "text", "text": ...}.
std::string content_text(const json* content) {
    if (!content || !content->is_array()) return text_of(content);
    std::string out;
    for (const json& part : *content) out += text_of(member(&part, "text"));
    return out;
}

bool names_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (text.find(word) != std::string_view::npos) return true;
    }
    return false;
}

}  // namespace

std::string request_json(const JudgeSpec& spec,
                         const Dialect& dialect,
                         std::string_view system,
                         std::string_view user) {
    ordered_json request;
    request["model"] = spec.model;
    request["messages"] = {{{"role", "system"}, {"content", system}}, {{"role", "user"}, {"content", user}}};
    if (dialect.temperature) request["temperature"] = spec.temp;
    request[dialect.max_completion_tokens ? "max_completion_tokens" : "max_tokens"] = spec.max_tokens;
    if (dialect.format == ReplyFormat::kJsonObject) request["response_format"] = {{"type", "json_object"}};
    if (dialect.format == ReplyFormat::kJsonSchema) {
        ordered_json schema;
        schema["name"] = "verdict";
        schema["strict"] = true;
        schema["schema"] = verdict_schema();
        request["response_format"]["type"] = "json_schema";
        request["response_format"]["json_schema"] = std::move(schema);
    }
    return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::optional<Dialect> plainer_dialect(const Dialect& dialect, std::string_view error_body) {
    const json document = parse_object(error_body);
    const json* error = member(&document, "error");
    // `param` names the culprit; a message can mention other parameters besides.
    const std::string param = text_of(member(error, "param"));
    const std::string message = text_of(member(error, "message"));
    const std::string text = to_lower_ascii(!param.empty()     ? param
                                            : !message.empty() ? message
                                                               : shorten(to_valid_utf8(error_body), 2000));

    Dialect plainer = dialect;
    if (dialect.format != ReplyFormat::kNone &&
        names_any(text, {"response_format", "response format", "json_schema", "json_object", "schema", "grammar",
                         "structured output"})) {
        plainer.format = dialect.format == ReplyFormat::kJsonSchema ? ReplyFormat::kJsonObject : ReplyFormat::kNone;
    } else if (!dialect.max_completion_tokens && names_any(text, {"max_tokens"})) {
        plainer.max_completion_tokens = true;
    } else if (dialect.temperature && names_any(text, {"temperature"})) {
        plainer.temperature = false;
    }
    if (plainer == dialect) return {};
    return plainer;
}

std::string describe(const Dialect& dialect) {
    std::string out;
    const auto add = [&](std::string_view text) { out += (out.empty() ? "" : ", ") + std::string(text); };
    if (dialect.format == ReplyFormat::kJsonObject) add("response_format json_object instead of json_schema");
    if (dialect.format == ReplyFormat::kNone) add("without response_format");
    if (dialect.max_completion_tokens) add("max_completion_tokens instead of max_tokens");
    if (!dialect.temperature) add("without temperature");
    return out;
}

std::optional<Completion> read_completion(std::string_view body) {
    const json document = parse_object(body);
    const json* choices = member(&document, "choices");
    if (!choices || !choices->is_array() || choices->empty()) return {};
    const json* choice = &choices->front();
    const json* message = member(choice, "message");
    if (!message || !message->is_object()) return {};
    Completion completion;
    completion.content = content_text(member(message, "content"));
    completion.refusal = text_of(member(message, "refusal"));
    completion.finish_reason = text_of(member(choice, "finish_reason"));
    completion.model = text_of(member(&document, "model"));
    const json* usage = member(&document, "usage");
    completion.n_prompt_tokens = count_of(member(usage, "prompt_tokens"));
    completion.n_reply_tokens = count_of(member(usage, "completion_tokens"));
    return completion;
}

ServerError read_error(std::string_view body) {
    const json document = parse_object(body);
    const json* error = member(&document, "error");
    ServerError out;
    std::string message = text_of(member(error, "message"));
    if (message.empty()) message = text_of(error);
    if (message.empty()) message = to_valid_utf8(body.substr(0, 4096));
    out.message = shorten(trim(message), 300);
    out.code = text_of(member(error, "code"));
    if (out.code.empty()) out.code = text_of(member(error, "type"));
    return out;
}

}  // namespace assay::judge
