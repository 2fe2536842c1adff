#include "assay/judge/http_replies.hpp"

#include <fmt/format.h>

#include <utility>

#include "assay/base/text.hpp"
#include "assay/judge/parse.hpp"

namespace assay::judge {
namespace {

void read_verdict(const ApiReply& reply,
                  const ReplySettings& settings,
                  const std::string& prompt,
                  Verdict& verdict) {
    ParsedReply parsed = parse_reply(reply.text, prompt);
    verdict.state = parsed.state;
    verdict.confidence = parsed.confidence;
    verdict.reasoning = std::move(parsed.reasoning);
    if (settings.tags) {
        verdict.tags = std::move(parsed.tags);
    }
    verdict.failure = std::move(parsed.failure);
    // The end mark of thoughts that the template has opened may be what is missing.
    const bool may_be_draft = reply.cut_off && !parsed.is_one_object;
    if (may_be_draft && parsed.state != VerdictState::kInvalid) {
        verdict.state = VerdictState::kInvalid;
        verdict.confidence = Confidence::kNone;
        verdict.reasoning.clear();
        verdict.tags.reset();
        verdict.failure = "The reply holds a verdict, which may be a draft.";
    }
    if (verdict.state != VerdictState::kInvalid) {
        return;
    }
    if (trim(reply.text).empty()) {
        verdict.failure = "The reply is empty.";
    }
    if (reply.only_thoughts && !reply.cut_off) {
        verdict.failure =
            "The reply is empty beside its reasoning_content: the server takes all that the model "
            "writes for thoughts. Switch its reasoning parser off, or thinking.";
    }
    if (!reply.cut_off) {
        return;
    }
    const std::string thoughts = reply.n_thought_tokens > 0
                                     ? fmt::format(", {} of which were thoughts",
                                                   reply.n_thought_tokens)
                                     : "";
    verdict.failure += fmt::format(" It was cut off at {} tokens{}: raise the judge's max-tokens.",
                                   settings.max_tokens,
                                   thoughts);
}

}  // namespace

void take_reply(const ApiReply& reply,
                const ReplySettings& settings,
                const std::string& prompt,
                Verdict& verdict) {
    verdict.model_version = to_valid_utf8(reply.model);
    verdict.n_prompt_tokens = reply.n_prompt_tokens;
    verdict.n_reply_tokens = reply.n_reply_tokens;
    if (!reply.text.empty()) {
        verdict.raw = reply.text;
    }
    if (reply.refusal.empty()) {
        return read_verdict(reply, settings, prompt, verdict);
    }
    verdict.state = VerdictState::kRefused;
    verdict.failure = reply.refusal;
}

void set_aside_if_cut(const HttpSetup& setup,
                      HttpMemory& memory,
                      const std::string& prompt,
                      Verdict& verdict) {
    const auto cut = memory.prompt_cut.look(prompt, verdict.n_prompt_tokens);
    if (!cut) {
        return;
    }
    verdict.state = VerdictState::kError;
    verdict.confidence = Confidence::kNone;
    verdict.reasoning.clear();
    verdict.tags.reset();
    verdict.failure = *cut;
    if (!std::exchange(memory.told_of_cut_prompts, true)) {
        setup.note(
            fmt::format("judge {}: {} Such replies are ERROR, no verdicts", setup.spec.name, *cut));
    }
}

bool is_another_version(const std::string& version,
                        const ApiSettings& settings,
                        HttpMemory& memory) {
    if (version.empty()) {
        return false;
    }
    if (memory.model_version.empty()) {
        memory.model_version = version;
    }
    return memory.model_version != version && !settings.allow_version_change;
}

Failure another_version(const HttpSetup& setup, const std::string& first, const std::string& now) {
    const auto shown = [&](const std::string& text) {
        return shorten(setup.redact(to_valid_utf8(text)), 100);
    };
    return {
        fmt::format(
            "the judge {} has changed: its replies named the model \"{}\" and now name \"{}\"",
            setup.spec.name,
            shown(first),
            shown(now)),
        setup.endpoint.base_url,
        "verdicts of two models are not one judge's: name a fixed version as its model and judge "
        "anew with "
        "--rejudge, or say allow-version-change: true, and the report counts the verdicts of each"};
}

Failure refusal_to_serve(const HttpSetup& setup,
                         const std::string& url,
                         int status,
                         const http::ServerError& error) {
    const JudgeSpec& spec = setup.spec;
    const ApiSettings& settings = spec.api();
    const std::string variable = http::key_variable({{}, spec.provider, settings.api_key_env},
                                                    setup.endpoint);
    std::string remedy = fmt::format("check the key in {} and what it may be used for", variable);
    if (variable.empty()) {
        remedy = "name the environment variable of its key in the judge's api-key-env";
    }
    if (status == 404) {
        remedy = fmt::format("check the judge's url and whether the model {} is served there",
                             settings.model);
    }
    return {
        fmt::format("the judge {} answered {}: {}", spec.name, status, error.message), url, remedy};
}

Failure nothing_left(const HttpSetup& setup, const std::string& refusal) {
    return {fmt::format("the judge {} was {}", setup.spec.name, refusal),
            setup.endpoint.base_url,
            "raise it, or run again: only what is missing is judged"};
}

std::string in_body_sentence(const std::string& url, const http::BodyError& error) {
    return fmt::format("{} answered 200 with an error in its body: {}", url, error.message);
}

http::ServerError error_in_body(const HttpSetup& setup,
                                const std::string& body,
                                const http::BodyError& error) {
    http::ServerError out = setup.format->read_error(body);
    out.message = error.message;
    return out;
}

bool is_hopeless(int status, const http::ServerError& error) {
    return error.hopeless || status == 401 || status == 403 || status == 404;
}

}  // namespace assay::judge
