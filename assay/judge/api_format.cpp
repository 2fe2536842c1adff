#include "assay/judge/api_format.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/http/retry.hpp"
#include "assay/records/answer_tag.hpp"

namespace assay::judge {

using http::JsonView;

std::vector<std::string> tag_words() {
    return words_of({kAnswerTags.begin(), kAnswerTags.end()});
}

std::string verdict_schema(bool with_tags) {
    // The order of the properties is the order of writing: the verdict follows from the reasoning,
    // not the other way round.
    nlohmann::ordered_json properties;
    properties["reasoning"] = {{"type", "string"}};
    properties["verdict"] = {{"type", "string"}, {"enum", {"A", "B", "TIE"}}};
    properties["confidence"] = {{"type", "string"}, {"enum", {"high", "medium", "low"}}};
    if (with_tags) {
        for (const char* field : {"tags_a", "tags_b"}) {
            properties[field] = {{"type", "array"},
                                 {"items", {{"type", "string"}, {"enum", tag_words()}}},
                                 {"maxItems", kAnswerTags.size()}};
        }
    }
    nlohmann::ordered_json schema, required;
    schema["type"] = "object";
    for (const auto& [field, unused] : properties.items()) {
        required.push_back(field);
    }
    schema["properties"] = std::move(properties);
    schema["required"] = std::move(required);
    schema["additionalProperties"] = false;
    return schema.dump();
}

std::optional<double> longest_pause(const http::HttpReply& reply,
                                    std::initializer_list<LimitHeaders> limits,
                                    std::int64_t now_unix_s) {
    std::optional<double> longest;
    for (const LimitHeaders& limit : limits) {
        const auto left = reply.limits.find(limit.left), reset = reply.limits.find(limit.reset);
        if (left == reply.limits.end() || reset == reply.limits.end()) {
            continue;
        }
        double n_left = 0;
        const char* end = left->second.data() + left->second.size();
        const auto [read_to, error] = std::from_chars(left->second.data(), end, n_left);
        if (error != std::errc() || read_to != end || !(n_left < limit.needed)) {
            continue;
        }
        const auto pause_s = http::reset_after_seconds(reset->second, reply.date, now_unix_s);
        if (pause_s) {
            longest = std::max(longest.value_or(0), *pause_s);
        }
    }
    return longest;
}

std::string blamed_text(std::string_view error_body) {
    const JsonView error = http::JsonView(error_body)["error"];
    const std::string param = error["param"].text();
    if (!param.empty()) {
        return to_lower_ascii(param);
    }
    const std::string message = error["message"].text();
    if (!message.empty()) {
        return to_lower_ascii(message);
    }
    return to_lower_ascii(shorten(to_valid_utf8(error_body), 2000));
}

bool is_about_size(std::string_view error_body) {
    const std::string text = to_lower_ascii(to_valid_utf8(error_body.substr(0, 4096)));
    return names_any(text,
                     {"too large",
                      "too long",
                      "too big",
                      "too many tokens",
                      "maximum context",
                      "context length",
                      "context size",
                      "context window",
                      "context_length",
                      "exceed",
                      "at most",
                      "less than or equal",
                      "greater than the max",
                      "input tokens"});
}

bool names_any(std::string_view text, std::initializer_list<std::string_view> words) {
    for (const std::string_view word : words) {
        if (text.find(word) != std::string_view::npos) {
            return true;
        }
    }
    return false;
}

bool concede(bool& field, std::string_view blamed, std::initializer_list<std::string_view> words) {
    if (!field || !names_any(blamed, words)) {
        return false;
    }
    field = false;
    return true;
}

bool concede(ReplyFormat& format,
             std::string_view blamed,
             std::initializer_list<std::string_view> words) {
    if (format == ReplyFormat::kNone || !names_any(blamed, words)) {
        return false;
    }
    format = format == ReplyFormat::kJsonSchema ? ReplyFormat::kJsonObject : ReplyFormat::kNone;
    return true;
}

std::string joined(std::initializer_list<std::string_view> parts) {
    std::string out;
    for (const std::string_view part : parts) {
        if (!part.empty()) {
            out += (out.empty() ? "" : ", ") + std::string(part);
        }
    }
    return out;
}

}  // namespace assay::judge
