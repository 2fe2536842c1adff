#include "assay/judge/anthropic.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <utility>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"
#include "assay/judge/batch_format.hpp"
#include "assay/judge/http_judge.hpp"

namespace assay::judge {
namespace {

using http::HttpReply;
using http::JsonView;
using nlohmann::ordered_json;

class Anthropic final : public ApiFormat {
 public:
    std::string base(std::string url) const override {
        return without_ending(std::move(url), {"/v1"});
    }

    std::string request_url(const std::string& base, const std::string&) const override {
        return base + "/v1/messages";
    }

    std::vector<std::string> headers(const http::Endpoint&, const std::string& key) const override {
        std::vector<std::string> out{"anthropic-version: 2023-06-01"};
        if (!key.empty()) {
            out.push_back("x-api-key: " + key);
        }
        return out;
    }

    std::string request(const ApiSettings& settings,
                        const Dialect& dialect,
                        std::string_view system,
                        std::string_view user) const override {
        ordered_json request;
        request["model"] = settings.model;
        request["max_tokens"] = settings.max_tokens;
        if (dialect.temperature) {
            request["temperature"] = settings.temp;
        }
        request["system"] = system;
        request["messages"] = ordered_json::array({{{"role", "user"}, {"content", user}}});
        if (dialect.format != ReplyFormat::kNone) {
            ordered_json tool;
            tool["name"] = "verdict";
            tool["description"] = "Give the verdict on the two answers.";
            tool["input_schema"] = ordered_json::parse(verdict_schema(settings.tags));
            request["tools"] = ordered_json::array({std::move(tool)});
            request["tool_choice"] = {{"type", "tool"}, {"name", "verdict"}};
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
        if (concede(plainer.format, text, {"tool", "input_schema", "grammar"})) {
            plainer.format = ReplyFormat::kNone;  // there is nothing between a tool's input and
                                                  // text
            return plainer;
        }
        return concede(plainer.temperature, text, {"temperature"}) ? std::optional(plainer)
                                                                   : std::nullopt;
    }

    std::string describe(const Dialect& dialect) const override {
        return joined({dialect.format == ReplyFormat::kNone
                           ? "the verdict as text instead of a tool's input"
                           : "",
                       dialect.temperature ? "" : "without temperature"});
    }

    std::optional<ApiReply> read_reply(std::string_view body) const override {
        const JsonView document(body);
        if (!document["content"].is_array()) {
            return {};
        }
        ApiReply reply;
        std::string text, tool_input;
        for (const JsonView& block : document["content"].items()) {
            const std::string type = block["type"].text();
            if (type == "text") {
                text += block["text"].text();
            }
            // Two calls that contradict each other are found out by the parser, as two objects in a
            // text are.
            if (type == "tool_use") {
                tool_input += (tool_input.empty() ? "" : "\n") + block["input"].dump();
            }
        }
        reply.text = tool_input.empty() ? text : tool_input;
        const std::string reason = document["stop_reason"].text();
        reply.cut_off = reason == "max_tokens";
        if (reason == "refusal") {
            const std::string why = shorten(trim(text), 200);
            reply.refusal = why.empty() ? "The judge refused." : "The judge refused: " + why;
        }
        reply.model = document["model"].text();
        const JsonView usage = document["usage"];
        reply.n_prompt_tokens = usage["input_tokens"].count() +
                                usage["cache_creation_input_tokens"].count() +
                                usage["cache_read_input_tokens"].count();
        reply.n_reply_tokens = usage["output_tokens"].count();
        return reply;
    }

    ServerError read_error(std::string_view body) const override { return read_plain_error(body); }

    std::optional<double> pause_seconds(const HttpReply& reply,
                                        double n_tokens,
                                        std::int64_t now_unix_s) const override {
        return longest_pause(
            reply,
            {{"anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset", 1},
             {"anthropic-ratelimit-tokens-remaining", "anthropic-ratelimit-tokens-reset", n_tokens},
             {"anthropic-ratelimit-input-tokens-remaining",
              "anthropic-ratelimit-input-tokens-reset",
              n_tokens},
             {"anthropic-ratelimit-output-tokens-remaining",
              "anthropic-ratelimit-output-tokens-reset",
              1}},
            now_unix_s);
    }

    const BatchFormat* batches() const override { return &anthropic_batches(); }
};

}  // namespace

Result<std::unique_ptr<Judge>> make_anthropic_judge(const JudgeSpec& spec,
                                                    const Services& services,
                                                    Progress& progress) {
    if (spec.api().temp > 1) {
        return fail(fmt::format("temp is {}, and anthropic takes no more than 1", spec.api().temp),
                    fmt::format("judge {}", spec.name),
                    "give it a temp from 0 to 1");
    }
    return make_http_judge(std::make_unique<Anthropic>(), spec, services, progress);
}

}  // namespace assay::judge
