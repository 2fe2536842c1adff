#include "assay/judge/wire_format.hpp"

#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"

namespace assay::judge {

using http::JsonView;

std::string verdict_schema() {
    // The order of the properties is the order of writing: the verdict follows from the reasoning, not the other way
    // round.
    nlohmann::ordered_json properties;
    properties["reasoning"] = {{"type", "string"}};
    properties["verdict"] = {{"type", "string"}, {"enum", {"A", "B", "TIE"}}};
    properties["confidence"] = {{"type", "string"}, {"enum", {"high", "medium", "low"}}};
    nlohmann::ordered_json schema;
    schema["type"] = "object";
    schema["properties"] = std::move(properties);
    schema["required"] = {"reasoning", "verdict", "confidence"};
    schema["additionalProperties"] = false;
    return schema.dump();
}

std::string blamed_text(std::string_view error_body) {
    const JsonView error = JsonView(error_body)["error"];
    const std::string param = error["param"].text();
    const std::string message = error["message"].text();
    return to_lower_ascii(!param.empty()     ? param
                          : !message.empty() ? message
                                             : shorten(to_valid_utf8(error_body), 2000));
}

bool names_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (text.find(word) != std::string_view::npos) return true;
    }
    return false;
}

bool concede(bool& field, std::string_view blamed, std::initializer_list<std::string_view> words) {
    if (!field || !names_any(blamed, words)) return false;
    field = false;
    return true;
}

bool concede(ReplyFormat& format, std::string_view blamed, std::initializer_list<std::string_view> words) {
    if (format == ReplyFormat::kNone || !names_any(blamed, words)) return false;
    format = format == ReplyFormat::kJsonSchema ? ReplyFormat::kJsonObject : ReplyFormat::kNone;
    return true;
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
        if (!part.empty()) out += (out.empty() ? "" : ", ") + std::string(part);
    }
    return out;
}

}  // namespace assay::judge
