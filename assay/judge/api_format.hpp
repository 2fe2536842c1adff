#pragma once
// What differs between the providers of API judges: address, headers, request, reply. Everything
// else of a judge behind HTTP is in http_judge.hpp. An implementation is pure: text in, text out,
// and it never throws on what a server sent.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/http/endpoint.hpp"
#include "assay/http/http_client.hpp"
#include "assay/http/server_error.hpp"
#include "assay/records/plan.hpp"

namespace assay::judge {

using http::read_plain_error;
using http::ServerError;
using http::without_ending;

enum class ReplyFormat { kJsonSchema, kJsonObject, kNone };

/// What of the request a server accepts. Found out from the 400s of real requests, not by probing.
/// A provider that has no such thing leaves the field alone.
struct Dialect {
    ReplyFormat format = ReplyFormat::kJsonSchema;
    bool max_completion_tokens = false;  ///< the newer name of max_tokens
    bool temperature = true;
    bool system_turn = true;  ///< false: the system text stands at the beginning of the user's turn
    bool think_switch = true;  ///< whether thinking is switched off by a field
    friend bool operator==(const Dialect&, const Dialect&) = default;
};

/// A reply with status 200, whatever its provider.
struct ApiReply {
    std::string text;            ///< what the model wrote, its thinking left out; empty: nothing
    std::string refusal;         ///< a sentence, if the model or a filter refused; empty: not
    bool cut_off = false;        ///< at max_tokens
    bool only_thoughts = false;  ///< there is no text beside its thoughts
    std::string model;           ///< the version that the reply names; empty: none
    std::int64_t n_prompt_tokens = 0;  ///< 0: not said
    std::int64_t n_reply_tokens = 0;   ///< thinking included
    std::int64_t n_thought_tokens = 0;
};

class BatchFormat;

class ApiFormat {
 public:
    virtual ~ApiFormat() = default;

    /// The base address as it is used and stored: without what users may or may not write at its
    /// end.
    [[nodiscard]] virtual std::string base(std::string url) const { return url; }
    [[nodiscard]] virtual std::string request_url(const std::string& base,
                                                  const std::string& model) const = 0;
    /// Headers besides those of JSON, the key's among them. `key` empty: none is sent.
    [[nodiscard]] virtual std::vector<std::string> headers(const http::Endpoint& endpoint,
                                                           const std::string& key) const = 0;
    [[nodiscard]] virtual std::string request(const ApiSettings& settings,
                                              const Dialect& dialect,
                                              std::string_view system,
                                              std::string_view user) const = 0;
    /// The next plainer dialect, if the body of a 400 names something that `dialect` still has.
    /// Empty: the error is about something else, the size of this one request included. Later
    /// requests are made plainer only when one that is plainer has succeeded.
    [[nodiscard]] virtual std::optional<Dialect> plainer(const Dialect& dialect,
                                                         std::string_view error_body) const = 0;
    /// "without response_format": how `dialect` differs from the one that is tried first.
    [[nodiscard]] virtual std::string describe(const Dialect& dialect) const = 0;
    /// Empty: the body is not a whole document of the provider's.
    [[nodiscard]] virtual std::optional<ApiReply> read_reply(std::string_view body) const = 0;
    [[nodiscard]] virtual ServerError read_error(std::string_view body) const = 0;
    /// Seconds until the provider's limits let a request of `n_tokens` through, if the reply's
    /// headers say that too little is left for it. At most kMaxRetryAfterS (http/retry.hpp).
    /// `now_unix_s` counts where the reply has no date.
    [[nodiscard]] virtual std::optional<double> pause_seconds(const http::HttpReply&,
                                                              double /*n_tokens*/,
                                                              std::int64_t /*now_unix_s*/) const {
        return {};
    }
    /// The provider's batch API; null: it has none.
    [[nodiscard]] virtual const BatchFormat* batches() const { return nullptr; }
};

/// One limit in a reply's headers: what is left of it, and when it is whole again.
struct LimitHeaders {
    const char* left;
    const char* reset;
    double needed;  ///< of it, by the next request
};
/// The longest of the pauses that these limits ask for: those that have less left than is needed.
/// Of ApiFormat::pause_seconds.
[[nodiscard]] std::optional<double> longest_pause(const http::HttpReply& reply,
                                                  std::initializer_list<LimitHeaders> limits,
                                                  std::int64_t now_unix_s);

/// The JSON schema of a verdict as text: reasoning, then verdict, then confidence, in this order,
/// then tags_a and tags_b if wanted.
[[nodiscard]] std::string verdict_schema(bool with_tags);
/// The words of kAnswerTags.
[[nodiscard]] std::vector<std::string> tag_words();

/// Lower-case text of an error in which a word for a refused field is looked for: `param`, which
/// names the culprit, else the message, which can mention others besides, else the body's
/// beginning.
[[nodiscard]] std::string blamed_text(std::string_view error_body);

/// Whether an error says that this one request is too long or asks for too much: then it says
/// nothing of what the server understands, though it may name max_tokens.
[[nodiscard]] bool is_about_size(std::string_view error_body);

[[nodiscard]] bool names_any(std::string_view text, std::initializer_list<std::string_view> words);

/// Gives up a field that the dialect still has, if the blamed text names it; true if it did.
[[nodiscard]] bool concede(bool& field,
                           std::string_view blamed,
                           std::initializer_list<std::string_view> words);
/// Likewise the format of the reply, one step: a schema, any JSON object, text.
[[nodiscard]] bool concede(ReplyFormat& format,
                           std::string_view blamed,
                           std::initializer_list<std::string_view> words);

/// "a, b": what is said of a dialect; empty parts are left out.
[[nodiscard]] std::string joined(std::initializer_list<std::string_view> parts);

}  // namespace assay::judge
