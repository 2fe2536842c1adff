#include "assay/judge/gemini.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/http/retry.hpp"
#include "assay/judge/batch_format.hpp"
#include "assay/judge/http_judge.hpp"
#include "assay/records/answer_tag.hpp"

namespace assay::judge {
namespace {

using http::JsonView;
using nlohmann::ordered_json;

/// Google's own subset of a schema: types in capitals, and the order of writing in a field of its
/// own.
ordered_json response_schema(bool with_tags) {
    ordered_json schema;
    schema["type"] = "OBJECT";
    schema["properties"]["reasoning"] = {{"type", "STRING"}};
    schema["properties"]["verdict"] = {{"type", "STRING"}, {"enum", {"A", "B", "TIE"}}};
    schema["properties"]["confidence"] = {{"type", "STRING"}, {"enum", {"high", "medium", "low"}}};
    if (with_tags) {
        for (const char* field : {"tags_a", "tags_b"}) {
            schema["properties"][field] = {{"type", "ARRAY"},
                                           {"items", {{"type", "STRING"}, {"enum", tag_words()}}},
                                           {"maxItems", kAnswerTags.size()}};
        }
    }
    ordered_json fields;
    for (const auto& [field, unused] : schema["properties"].items()) {
        fields.push_back(field);
    }
    schema["required"] = fields;
    schema["propertyOrdering"] = std::move(fields);
    return schema;
}

/// Percent-encoded (RFC 3986, 2.1), slashes kept.
std::string path_text(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') ||
                           std::string_view("-._~/").find(c) != std::string_view::npos;
        out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return out;
}

bool is_block(std::string_view finish_reason) {
    constexpr std::array<std::string_view, 5> kBlocks{
        "SAFETY", "RECITATION", "PROHIBITED_CONTENT", "BLOCKLIST", "SPII"};
    return std::find(kBlocks.begin(), kBlocks.end(), finish_reason) != kBlocks.end();
}

class Gemini final : public ApiFormat {
 public:
    std::string base(std::string url) const override {
        return without_ending(std::move(url), {"/v1beta", "/v1"});
    }

    std::string request_url(const std::string& base, const std::string& model) const override {
        const bool is_resource = model.find('/') != std::string::npos;
        return fmt::format(
            "{}/v1beta/{}{}:generateContent", base, is_resource ? "" : "models/", path_text(model));
    }

    std::vector<std::string> headers(const http::Endpoint&, const std::string& key) const override {
        if (key.empty()) {
            return {};
        }
        return {"x-goog-api-key: " + key};
    }

    std::string request(const ApiSettings& settings,
                        const Dialect& dialect,
                        std::string_view system,
                        std::string_view user) const override {
        const auto parts = [](std::string_view text) {
            return ordered_json::array({{{"text", text}}});
        };
        ordered_json request;
        if (dialect.system_turn) {
            request["systemInstruction"]["parts"] = parts(system);
        }
        const std::string turn = dialect.system_turn
                                     ? std::string(user)
                                     : std::string(system) + "\n\n" + std::string(user);
        request["contents"] = ordered_json::array({{{"role", "user"}, {"parts", parts(turn)}}});
        ordered_json& config = request["generationConfig"];
        if (dialect.temperature) {
            config["temperature"] = settings.temp;
        }
        config["maxOutputTokens"] = settings.max_tokens;
        if (dialect.format != ReplyFormat::kNone) {
            config["responseMimeType"] = "application/json";
        }
        if (dialect.format == ReplyFormat::kJsonSchema) {
            config["responseSchema"] = response_schema(settings.tags);
        }
        return request.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
    }

    std::optional<Dialect> plainer(const Dialect& dialect,
                                   std::string_view error_body) const override {
        if (is_about_size(error_body)) {
            return {};
        }
        const std::string text = blamed_text(error_body);
        Dialect plainer = dialect;
        const bool any = concede(plainer.system_turn,
                                 text,
                                 {"system_instruction",
                                  "systeminstruction",
                                  "system instruction",
                                  "developer instruction"}) ||
                         concede(plainer.format,
                                 text,
                                 {"schema",
                                  "mime",
                                  "json mode",
                                  "propertyordering",
                                  "property_ordering"}) ||
                         concede(plainer.temperature, text, {"temperature"});
        return any ? std::optional(plainer) : std::nullopt;
    }

    std::string describe(const Dialect& dialect) const override {
        return joined({dialect.system_turn ? "" : "without systemInstruction",
                       dialect.format == ReplyFormat::kJsonObject ? "without responseSchema" : "",
                       dialect.format == ReplyFormat::kNone
                           ? "without responseSchema and responseMimeType"
                           : "",
                       dialect.temperature ? "" : "without temperature"});
    }

    std::optional<ApiReply> read_reply(std::string_view body) const override {
        const JsonView document(body);
        const std::string block = document["promptFeedback"]["blockReason"].text();
        const JsonView usage = document["usageMetadata"];
        ApiReply reply;
        reply.model = document["modelVersion"].text();
        const std::vector<JsonView> candidates = document["candidates"].items();
        // Google answers a prompt that it does not like without any candidate.
        if (candidates.empty() && block.empty() && !document["candidates"].is_array() &&
            !usage.is_object()) {
            return {};
        }
        reply.n_prompt_tokens = usage["promptTokenCount"].count();
        reply.n_thought_tokens = usage["thoughtsTokenCount"].count();
        reply.n_reply_tokens = usage["candidatesTokenCount"].count() + reply.n_thought_tokens;
        std::string reason = block;
        if (!candidates.empty()) {
            for (const JsonView& part : candidates.front()["content"]["parts"].items()) {
                if (!part["thought"].is_true()) {
                    reply.text += part["text"].text();
                }
            }
            const std::string finish = candidates.front()["finishReason"].text();
            reply.cut_off = finish == "MAX_TOKENS";
            if (is_block(finish)) {
                reason = finish;
            }
        }
        if (!reason.empty()) {
            reply.refusal = fmt::format("The provider's filter withheld the reply: {}.",
                                        shorten(reason, 100));
        }
        return reply;
    }

    ServerError read_error(std::string_view body) const override {
        ServerError error = read_plain_error(body);
        const JsonView document = JsonView(body)["error"];
        error.code = document["status"].text();
        // A key that is wrong is a 400 here, and so is a region or an account that is not served.
        error.hopeless = error.code == "FAILED_PRECONDITION";
        for (const JsonView& detail : document["details"].items()) {
            if (detail["reason"].text() == "API_KEY_INVALID") {
                error.hopeless = true;
            }
            // of a RetryInfo; there is no Retry-After
            const std::string delay = detail["retryDelay"].text();
            if (!delay.empty()) {
                error.retry_after_s = http::reset_after_seconds(delay, "", 0);
            }
        }
        return error;
    }

    const BatchFormat* batches() const override { return &gemini_batches(); }
};

}  // namespace

Result<std::unique_ptr<Judge>> make_gemini_judge(const JudgeSpec& spec,
                                                 const Services& services,
                                                 Progress& progress) {
    return make_http_judge(std::make_unique<Gemini>(), spec, services, progress);
}

}  // namespace assay::judge
