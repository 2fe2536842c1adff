#include "sim_providers.hpp"

#include <functional>
#include <map>
#include <nlohmann/json.hpp>

namespace assay::test {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;
using Complaints = std::vector<std::string>;
using Rule = std::function<bool(const ordered_json&)>;

struct Field {
    bool needed = false;
    Rule rule;
};
using Shape = std::map<std::string, Field>;

bool is_text(const ordered_json& value) {
    return value.is_string() && !value.get<std::string>().empty();
}
bool is_count(const ordered_json& value) {
    return value.is_number_unsigned() && value > 0;
}
Rule between(double low, double high) {
    return [=](const ordered_json& value) {
        return value.is_number() && value >= low && value <= high;
    };
}
Rule equal_to(ordered_json wanted) {
    return [wanted = std::move(wanted)](const ordered_json& value) { return value == wanted; };
}
bool is_object(const ordered_json& value) {
    return value.is_object();
}
bool is_array(const ordered_json& value) {
    return value.is_array() && !value.empty();
}

/// The object has the needed fields, no unknown ones, and each keeps its rule. ("a.b" in
/// complaints: the place.)
void check(const ordered_json& object,
           const std::string& place,
           const Shape& shape,
           Complaints& out) {
    if (!object.is_object()) {
        out.push_back(place + " is not an object");
        return;
    }
    for (const auto& [name, value] : object.items()) {
        const auto field = shape.find(name);
        if (field == shape.end()) {
            out.push_back(place + "." + name + " is unknown");
        } else if (!field->second.rule(value)) {
            out.push_back(place + "." + name + " is " + value.dump());
        }
    }
    for (const auto& [name, field] : shape) {
        if (field.needed && !object.contains(name)) {
            out.push_back(place + "." + name + " is missing");
        }
    }
}

void check_key_order(const ordered_json& object,
                     const std::vector<std::string>& wanted,
                     Complaints& out) {
    std::vector<std::string> keys;
    for (const auto& [name, value] : object.items()) {
        keys.push_back(name);
    }
    if (keys != wanted) {
        out.push_back("the properties are not in the order of writing");
    }
}

/// The schema of a verdict; Google writes types in capitals.
void check_schema(const ordered_json& schema, bool google, Complaints& out) {
    const auto type = [&](const char* upper, const char* lower) {
        return equal_to(google ? upper : lower);
    };
    const ordered_json properties = schema.is_object() ? schema.value("properties", ordered_json())
                                                       : ordered_json();
    std::vector<std::string> order{"reasoning", "verdict", "confidence"};
    if (properties.is_object() && properties.contains("tags_a")) {
        order.insert(order.end(), {"tags_a", "tags_b"});
    }
    Shape shape{{"type", {true, type("OBJECT", "object")}},
                {"properties", {true, is_object}},
                {"required", {true, equal_to(order)}}};
    if (google) {
        shape["propertyOrdering"] = {true, equal_to(order)};
    }
    if (!google) {
        shape["additionalProperties"] = {true, equal_to(false)};
    }
    check(schema, "schema", shape, out);
    if (!properties.is_object()) {
        return;
    }
    check_key_order(properties, order, out);
    const Rule text = type("STRING", "string");
    check(
        properties.value("reasoning", ordered_json()), "reasoning", {{"type", {true, text}}}, out);
    check(properties.value("verdict", ordered_json()),
          "verdict",
          {{"type", {true, text}}, {"enum", {true, equal_to({"A", "B", "TIE"})}}},
          out);
    check(properties.value("confidence", ordered_json()),
          "confidence",
          {{"type", {true, text}}, {"enum", {true, equal_to({"high", "medium", "low"})}}},
          out);
    const ordered_json words{"incorrect",
                             "unsupported",
                             "incomplete",
                             "off_topic",
                             "no_answer",
                             "truncation",
                             "repetition",
                             "formatting"};
    for (std::size_t i = 3; i < order.size(); ++i) {
        const ordered_json list = properties.value(order[i], ordered_json());
        check(list,
              order[i],
              {{"type", {true, type("ARRAY", "array")}},
               {"items", {true, is_object}},
               {"maxItems", {true, equal_to(8)}}},
              out);
        check(list.value("items", ordered_json()),
              order[i] + ".items",
              {{"type", {true, text}}, {"enum", {true, equal_to(words)}}},
              out);
    }
}

ordered_json body_of(const SeenRequest& request, Complaints& out) {
    ordered_json body = ordered_json::parse(request.body, nullptr, false);
    if (!body.is_object()) {
        out.push_back("the body is not a JSON object");
        body = ordered_json::object();
    }
    const auto type = request.headers.find("content-type");
    if (type == request.headers.end() || type->second != "application/json") {
        out.push_back("Content-Type is wrong");
    }
    return body;
}

void check_path(const SeenRequest& request, const std::string& wanted, Complaints& out) {
    if (request.path != wanted) {
        out.push_back("the path is " + request.path);
    }
}

/// Of all ways of sending a key, only `header` may be used.
void check_key_header(const SeenRequest& request, const std::string& header, Complaints& out) {
    for (const char* name : {"authorization", "x-api-key", "x-goog-api-key", "api-key"}) {
        if (name != header && request.headers.contains(name)) {
            out.push_back(std::string("the header ") + name + " is sent");
        }
    }
}

/// Messages of a system and a user turn.
void check_messages(const ordered_json& messages,
                    const std::vector<std::string>& roles,
                    Complaints& out) {
    if (!messages.is_array() || messages.size() != roles.size()) {
        out.push_back("the messages are not " + std::to_string(roles.size()));
        return;
    }
    for (std::size_t i = 0; i < roles.size(); ++i) {
        check(messages[i],
              "message",
              {{"role", {true, equal_to(roles[i])}}, {"content", {true, is_text}}},
              out);
    }
}

void check_parts(const ordered_json& parts, Complaints& out) {
    if (!parts.is_array() || parts.size() != 1) {
        out.push_back("parts is not a list of one");
        return;
    }
    check(parts[0], "part", {{"text", {true, is_text}}}, out);
}

/// Path, query and header of a request to a deployment of Azure's.
void check_azure(const SeenRequest& request, Complaints& out) {
    check_path(request, "/openai/deployments/my-deployment/chat/completions", out);
    check_key_header(request, "api-key", out);
    if (request.query != "api-version=2024-10-21") {
        out.push_back("the query is " + request.query);
    }
}

/// The body of a judge's request.
void check_completion(const SeenRequest& request, Complaints& out) {
    const ordered_json body = body_of(request, out);
    check(body,
          "body",
          {{"model", {true, is_text}},
           {"messages", {true, is_array}},
           {"stream", {true, equal_to(false)}},
           {"temperature", {false, between(0, 2)}},
           {"max_tokens", {false, is_count}},
           {"max_completion_tokens", {false, is_count}},
           {"response_format", {false, is_object}}},
          out);
    check_messages(body.value("messages", ordered_json()), {"system", "user"}, out);
    const ordered_json format = body.value("response_format", ordered_json());
    if (format.is_object() && format.value("type", "") == "json_schema") {
        check(format,
              "response_format",
              {{"type", {true, is_text}}, {"json_schema", {true, is_object}}},
              out);
        const ordered_json schema = format.value("json_schema", ordered_json::object());
        check(schema,
              "json_schema",
              {{"name", {true, is_text}},
               {"strict", {true, equal_to(true)}},
               {"schema", {true, is_object}}},
              out);
        check_schema(schema.value("schema", ordered_json()), false, out);
    } else if (format.is_object()) {
        check(format, "response_format", {{"type", {true, equal_to("json_object")}}}, out);
    }
}

}  // namespace

Complaints openai_complaints(const SeenRequest& request) {
    Complaints out;
    check_path(request, "/v1/chat/completions", out);
    check_key_header(request, "authorization", out);
    check_completion(request, out);
    return out;
}

Complaints azure_complaints(const SeenRequest& request) {
    Complaints out;
    check_azure(request, out);
    check_completion(request, out);
    return out;
}

Complaints gemini_complaints(const SeenRequest& request) {
    Complaints out;
    check_path(request, "/v1beta/models/sim-1:generateContent", out);
    check_key_header(request, "x-goog-api-key", out);
    const ordered_json body = body_of(request, out);
    check(body,
          "body",
          {{"systemInstruction", {false, is_object}},
           {"contents", {true, is_array}},
           {"generationConfig", {true, is_object}}},
          out);
    if (body.contains("systemInstruction")) {
        check(body["systemInstruction"], "systemInstruction", {{"parts", {true, is_array}}}, out);
        check_parts(body["systemInstruction"].value("parts", ordered_json()), out);
    }
    const ordered_json contents = body.value("contents", ordered_json());
    if (contents.is_array() && contents.size() == 1) {
        check(contents[0],
              "contents[0]",
              {{"role", {true, equal_to("user")}}, {"parts", {true, is_array}}},
              out);
        check_parts(contents[0].value("parts", ordered_json()), out);
    } else {
        out.push_back("contents is not a list of one");
    }
    const ordered_json config = body.value("generationConfig", ordered_json());
    check(config,
          "generationConfig",
          {{"temperature", {false, between(0, 2)}},
           {"maxOutputTokens", {true, is_count}},
           {"responseMimeType", {false, equal_to("application/json")}},
           {"responseSchema", {false, is_object}}},
          out);
    if (config.contains("responseSchema")) {
        if (!config.contains("responseMimeType")) {
            out.push_back("responseSchema stands without responseMimeType");
        }
        check_schema(config["responseSchema"], true, out);
    }
    return out;
}

Complaints anthropic_complaints(const SeenRequest& request) {
    Complaints out;
    check_path(request, "/v1/messages", out);
    check_key_header(request, "x-api-key", out);
    const auto version = request.headers.find("anthropic-version");
    if (version == request.headers.end() || version->second != "2023-06-01") {
        out.push_back("anthropic-version is wrong");
    }
    const ordered_json body = body_of(request, out);
    check(body,
          "body",
          {{"model", {true, is_text}},
           {"max_tokens", {true, is_count}},
           {"temperature", {false, between(0, 1)}},
           {"system", {true, is_text}},
           {"messages", {true, is_array}},
           {"tools", {false, is_array}},
           {"tool_choice", {false, equal_to({{"type", "tool"}, {"name", "verdict"}})}}},
          out);
    check_messages(body.value("messages", ordered_json()), {"user"}, out);
    if (body.contains("tools") != body.contains("tool_choice")) {
        out.push_back("tools and tool_choice belong together");
    }
    if (!body.contains("tools")) {
        return out;
    }
    if (body["tools"].size() != 1) {
        out.push_back("there is not one tool");
    }
    check(body["tools"][0],
          "tool",
          {{"name", {true, equal_to("verdict")}},
           {"description", {false, is_text}},
           {"input_schema", {true, is_object}}},
          out);
    check_schema(body["tools"][0].value("input_schema", ordered_json()), false, out);
    return out;
}

Complaints ollama_complaints(const SeenRequest& request) {
    Complaints out;
    check_path(request, "/api/chat", out);
    check_key_header(request, "authorization", out);
    const ordered_json body = body_of(request, out);
    check(
        body,
        "body",
        {{"model", {true, is_text}},
         {"messages", {true, is_array}},
         {"stream", {true, equal_to(false)}},
         {"format",
          {false, [](const ordered_json& value) { return value.is_object() || value == "json"; }}},
         {"think", {false, equal_to(false)}},
         {"truncate", {true, equal_to(false)}},
         {"shift", {true, equal_to(false)}},
         {"options", {true, is_object}}},
        out);
    check_messages(body.value("messages", ordered_json()), {"system", "user"}, out);
    check(body.value("options", ordered_json()),
          "options",
          {{"temperature", {false, between(0, 2)}},
           {"num_predict", {true, is_count}},
           {"seed", {true, is_count}}},
          out);
    if (body.contains("format") && body["format"].is_object()) {
        check_schema(body["format"], false, out);
    }
    return out;
}

Complaints ollama_answer_complaints(const SeenRequest& request) {
    Complaints out;
    check_path(request, "/api/chat", out);
    check_key_header(request, "authorization", out);
    const ordered_json body = body_of(request, out);
    const Rule yes_or_no = [](const ordered_json& value) { return value.is_boolean(); };
    check(body,
          "body",
          {{"model", {true, is_text}},
           {"messages", {true, is_array}},
           {"stream", {true, equal_to(false)}},
           {"think", {true, yes_or_no}},
           {"truncate", {true, equal_to(false)}},
           {"shift", {true, equal_to(false)}},
           {"logprobs", {false, equal_to(true)}},
           {"top_logprobs", {false, between(0, 20)}},
           {"options", {true, is_object}}},
          out);
    check(body.value("options", ordered_json()),
          "options",
          {{"temperature", {true, between(0, 10)}},
           {"top_k", {true, between(0, 1e6)}},
           {"top_p", {true, between(0, 1)}},
           {"min_p", {true, between(0, 1)}},
           {"typical_p", {true, equal_to(1.0)}},
           {"repeat_penalty", {true, between(0, 10)}},
           {"repeat_last_n", {true, between(0, 1e6)}},
           {"presence_penalty", {true, equal_to(0.0)}},
           {"frequency_penalty", {true, equal_to(0.0)}},
           {"num_ctx", {true, is_count}},
           {"num_predict", {true, is_count}},
           {"seed", {true, between(0, 4294967295.0)}},
           {"stop", {false, is_array}}},
          out);
    return out;
}

Complaints openai_answer_complaints(const SeenRequest& request, const std::string& server) {
    Complaints out;
    if (server == "azure") {
        check_azure(request, out);
    } else {
        check_path(request, "/v1/chat/completions", out);
        check_key_header(request, "authorization", out);
    }
    Shape shape{{"model", {true, is_text}},
                {"messages", {true, is_array}},
                {"stream", {true, equal_to(false)}},
                {"temperature", {true, between(0, 2)}},
                {"top_p", {true, between(0, 1)}},
                {"max_tokens", {true, is_count}},
                {"seed", {true, between(0, 4294967295.0)}},
                {"stop", {false, is_array}}};
    if (server == "llama-server") {
        shape["repeat_penalty"] = {true, between(0, 10)};
        shape["repeat_last_n"] = {true, between(0, 1e6)};
        for (const char* off : {"presence_penalty",
                                "frequency_penalty",
                                "dry_multiplier",
                                "xtc_probability",
                                "dynatemp_range",
                                "mirostat"}) {
            shape[off] = {true, equal_to(0)};
        }
        shape["typical_p"] = {true, equal_to(1.0)};
        shape["top_n_sigma"] = {true, equal_to(-1.0)};
        shape["cache_prompt"] = {true, equal_to(false)};
        shape["lora"] = {false, is_array};
    }
    if (server == "vllm") {
        shape["repetition_penalty"] = {true, between(0, 10)};
    }
    if (server != "openai" && server != "azure") {
        shape["top_k"] = {true, between(0, 1e6)};
        shape["min_p"] = {true, between(0, 1)};
        shape["logprobs"] = {false, equal_to(true)};
        shape["top_logprobs"] = {false, between(0, 20)};
        shape["chat_template_kwargs"] = {true, equal_to({{"enable_thinking", false}})};
    }
    check(body_of(request, out), "body", shape, out);
    return out;
}

std::string gemini_reply(const std::string& content, const std::string& finish_reason) {
    json parts = json::array({{{"text", "Let me think."}, {"thought", true}}});
    if (!content.empty()) {
        parts.push_back({{"text", content}});
    }
    const json candidate{{"content", {{"role", "model"}, {"parts", parts}}},
                         {"finishReason", finish_reason},
                         {"index", 0}};
    return json{{"candidates", json::array({candidate})},
                {"usageMetadata",
                 {{"promptTokenCount", 10},
                  {"candidatesTokenCount", 5},
                  {"thoughtsTokenCount", 7},
                  {"totalTokenCount", 22}}},
                {"modelVersion", "sim-1-2026"},
                {"responseId", "r1"}}
        .dump();
}

namespace {

std::string anthropic_reply(const ordered_json& block, const std::string& stop_reason) {
    return ordered_json{
        {"id", "msg_1"},
        {"type", "message"},
        {"role", "assistant"},
        {"model", "sim-1-2026"},
        {"content", ordered_json::array({block})},
        {"stop_reason", stop_reason},
        {"stop_sequence", nullptr},
        {"usage", {{"input_tokens", 8}, {"cache_read_input_tokens", 2}, {"output_tokens", 5}}}}
        .dump();
}

}  // namespace

std::string anthropic_text_reply(const std::string& content, const std::string& stop_reason) {
    return anthropic_reply({{"type", "text"}, {"text", content}}, stop_reason);
}

std::string anthropic_tool_reply(const std::string& input, const std::string& stop_reason) {
    return anthropic_reply({{"type", "tool_use"},
                            {"id", "toolu_1"},
                            {"name", "verdict"},
                            {"input", ordered_json::parse(input)}},
                           stop_reason);
}

std::string ollama_reply(const std::string& content, const std::string& done_reason) {
    return json{
        {"model", "sim-1-2026"},
        {"created_at", "2026-01-01T00:00:00Z"},
        {"message", {{"role", "assistant"}, {"content", content}, {"thinking", "Let me think."}}},
        {"done", true},
        {"done_reason", done_reason},
        {"total_duration", 1},
        {"prompt_eval_count", 10},
        {"eval_count", 5}}
        .dump();
}

std::string verdict_text(const std::string& verdict, const std::string& reasoning) {
    return ordered_json{{"reasoning", reasoning}, {"verdict", verdict}, {"confidence", "high"}}
        .dump();
}

}  // namespace assay::test
