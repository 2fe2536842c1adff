// Problem: many servers answer 200 and put the error into the body, beside half a text or in place
// of it. Whoever takes the status for the outcome stores the half text as an answer.
//
// Model: a body is a reply only if it holds no error and its finish reason is one of the words that
// are known to mean "ended", "limit" or "withheld". Errors stand at the root or in the first
// choice, as an object, a text, or OpenAI-unlike forms of web frameworks. An error has the HTTP
// status of its code, so that the rules for that status hold: a 429 in a body is a 429.
//
// Invariants: a word that is not known is an error, never an end; `error: null` and its like are
// none; a root that holds a reply is never an error for its `message` or `detail` alone.
//
// It ends because it reads a document once.

#include "assay/http/success_body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "assay/base/text.hpp"
#include "assay/http/json_view.hpp"

namespace assay::http {
namespace {

constexpr std::size_t kMostMessage = 300;
constexpr std::size_t kMostQuote = 160;

constexpr auto kEnded = std::to_array<std::string_view>({"stop",
                                                         "end_turn",
                                                         "stop_sequence",
                                                         "eos",
                                                         "eos_token",
                                                         "stop_token",
                                                         "stop_str",
                                                         "end",
                                                         "ended",
                                                         "complete",
                                                         "completed",
                                                         "finished",
                                                         "done",
                                                         "tool_use"});
constexpr auto kLimit = std::to_array<std::string_view>({"length",
                                                         "max_tokens",
                                                         "max_length",
                                                         "model_length",
                                                         "max_output_tokens",
                                                         "max_new_tokens",
                                                         "max_completion_tokens",
                                                         "token_limit",
                                                         "context_length",
                                                         "model_context_window_exceeded"});
constexpr auto kWithheld = std::to_array<std::string_view>({"content_filter",
                                                            "content_filtered",
                                                            "refusal",
                                                            "refused",
                                                            "safety",
                                                            "recitation",
                                                            "prohibited_content",
                                                            "blocklist",
                                                            "spii",
                                                            "image_safety",
                                                            "guardrail_intervened"});

struct NamedCode {
    std::string_view word;  ///< a part of a code in lower case
    int status;
};
/// The first that is found counts.
constexpr auto kCodes = std::to_array<NamedCode>({{"rate_limit", 429},
                                                  {"rate limit", 429},
                                                  {"too_many_requests", 429},
                                                  {"resource_exhausted", 429},
                                                  {"insufficient_quota", 429},
                                                  {"overloaded", 529},
                                                  {"unavailable", 503},
                                                  {"insufficient_system_resource", 503},
                                                  {"timeout", 504},
                                                  {"deadline_exceeded", 504},
                                                  {"authentication", 401},
                                                  {"unauthenticated", 401},
                                                  {"invalid_api_key", 401},
                                                  {"permission", 403},
                                                  {"not_found", 404},
                                                  {"unexpected endpoint", 404},
                                                  {"badrequest", 400},
                                                  {"invalid_argument", 400},
                                                  {"invalid_request", 400},
                                                  {"context_length", 400},
                                                  {"content_filter", 400},
                                                  {"content_policy", 400},
                                                  {"server_error", 500},
                                                  {"internal", 500}});

template <std::size_t n>
bool is_one_of(const std::array<std::string_view, n>& words, std::string_view word) {
    return std::find(words.begin(), words.end(), word) != words.end();
}

bool is_error_status(std::int64_t number) {
    return number >= 400 && number <= 599;
}

/// What a code says, whether it is a number, a number as text, or a word. Empty: nothing.
std::string code_text(const JsonView& code) {
    const std::int64_t number = code.count();
    return number > 0 ? std::to_string(number) : std::string(trim(code.text()));
}

int status_of_code(const std::string& code) {
    std::int64_t number = 0;
    const char* end = code.data() + code.size();
    const auto [read_to, failed] = std::from_chars(code.data(), end, number);
    if (failed == std::errc() && read_to == end) {
        return is_error_status(number) ? static_cast<int>(number) : 0;
    }
    const std::string lower = to_lower_ascii(code);
    for (const NamedCode& named : kCodes) {
        if (lower.find(named.word) != std::string::npos) {
            return named.status;
        }
    }
    return 0;
}

/// Whether there is an error at all: null, false, "" and {} are ways of writing that there is none.
bool says_something(const JsonView& error) {
    const std::string text = error.dump();
    return !text.empty() && text != "null" && text != "false" && text != "\"\"" && text != "{}" &&
           text != "[]" && text != "0";
}

/// `holder` has message (or detail) and code; or it is the text itself.
BodyError read(const JsonView& holder) {
    BodyError out;
    std::string message = holder.text();
    for (const char* name : {"message", "detail", "error"}) {
        if (message.empty()) {
            message = holder[name].text();
        }
    }
    if (message.empty()) {
        message = holder.dump();
    }
    std::string shown_code;
    for (const char* name : {"code", "status_code", "status", "type"}) {
        const std::string code = code_text(holder[name]);
        if (shown_code.empty()) {
            shown_code = code;
        }
        if (out.status == 0) {
            out.status = status_of_code(code);
        }
    }
    if (out.status == 0) {
        const std::string lower = to_lower_ascii(message);
        out.status = lower.find("unexpected endpoint") != std::string::npos ? 404 : 0;
    }
    out.message = shorten(trim(message), kMostMessage);
    if (!shown_code.empty()) {
        out.message += fmt::format(" (code {})", shorten(shown_code, 60));
    }
    return out;
}

/// Whether the document has a place where a reply stands.
bool holds_reply(const JsonView& document) {
    return document["choices"].is_array() || document["candidates"].is_array() ||
           document["content"].is_array() || document["message"].is_object() ||
           document["promptFeedback"].is_object() || document["usageMetadata"].is_object();
}

JsonView first_of(const JsonView& list) {
    const std::vector<JsonView> items = list.items();
    return items.empty() ? list["nothing"] : items.front();
}

/// The finish reason wherever the providers write it. Empty: it is not said.
std::string finish_reason(const JsonView& document) {
    const JsonView choice = first_of(document["choices"]);
    const JsonView candidate = first_of(document["candidates"]);
    for (const JsonView& reason : {choice["finish_reason"],
                                   candidate["finishReason"],
                                   document["stop_reason"],
                                   document["done_reason"]}) {
        if (!reason.text().empty()) {
            return reason.text();
        }
    }
    return {};
}

}  // namespace

Finish finish_of(std::string_view reason) {
    const std::string word = to_lower_ascii(trim(reason));
    if (word.empty()) {
        return Finish::kNotSaid;
    }
    if (is_one_of(kEnded, word)) {
        return Finish::kEnded;
    }
    if (is_one_of(kLimit, word)) {
        return Finish::kLimit;
    }
    return is_one_of(kWithheld, word) ? Finish::kWithheld : Finish::kUnknown;
}

std::optional<BodyError> find_body_error(std::string_view body) {
    const JsonView document(body);
    if (!document.is_object()) {
        return {};
    }
    const JsonView choice = first_of(document["choices"]);
    if (says_something(document["error"])) {
        BodyError error = read(document["error"]);
        // Some write the code beside the error, not into it.
        error.status = error.status == 0 ? read(document).status : error.status;
        error.billed = choice.is_object();
        return error;
    }
    if (says_something(choice["error"])) {
        BodyError error = read(choice["error"]);
        error.billed = true;
        return error;
    }
    const bool has_words = !document["message"].text().empty() ||
                           says_something(document["detail"]);
    if (document["object"].text() == "error" || document["type"].text() == "error" ||
        (has_words && !holds_reply(document))) {
        return read(document);
    }
    const std::string reason = finish_reason(document);
    if (finish_of(reason) == Finish::kUnknown) {
        return BodyError{0,
                         fmt::format("the reply ended for the reason \"{}\", which is no end of a "
                                     "whole text",
                                     shorten(reason, 60)),
                         true};
    }
    return {};
}

std::string describe_unread(std::string_view body) {
    std::string text(trim(body));
    std::replace_if(
        text.begin(),
        text.end(),
        [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; },
        ' ');
    if (text.empty()) {
        return "; it is empty";
    }
    const std::string lower = to_lower_ascii(std::string_view(text).substr(0, 200));
    std::string cause;
    std::string remedy;
    if (lower.starts_with("<!doctype") || lower.starts_with("<html") ||
        lower.starts_with("<head")) {
        cause = "it is an HTML page";
        remedy = ": is the path of the address right? It mostly ends in /v1";
    } else if (lower.starts_with("data:") || lower.starts_with("event:") ||
               trim(body).find("\ndata: ") != std::string_view::npos) {
        cause = "it is an event stream";
        remedy = ": the server or a proxy before it streams although \"stream\": false was sent";
    } else if (text.front() == '{' && !JsonView(text).is_object()) {
        cause = "its JSON is cut off or broken";
    } else {
        cause = "it is another document";
        remedy = ": is the path of the address right? It mostly ends in /v1";
    }
    return fmt::format("; {} (\"{}\"){}", cause, shorten(text, kMostQuote), remedy);
}

}  // namespace assay::http
