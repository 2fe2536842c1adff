#include "assay/judge/openai.hpp"

#include <utility>

#include "assay/base/text.hpp"
#include "assay/http/success_body.hpp"
#include "assay/judge/batch_format.hpp"
#include "assay/judge/completion.hpp"
#include "assay/judge/http_judge.hpp"

namespace assay::judge {
namespace {

using http::HttpReply;

class OpenAi final : public ApiFormat {
 public:
    std::string base(std::string url) const override {
        return without_ending(std::move(url), {kPath});
    }

    std::string request_url(const std::string& base, const std::string&) const override {
        return base + kPath;
    }

    std::vector<std::string> headers(const http::Endpoint& endpoint,
                                     const std::string& key) const override {
        return http::key_headers(endpoint, key);
    }

    std::string request(const ApiSettings& settings,
                        const Dialect& dialect,
                        std::string_view system,
                        std::string_view user) const override {
        return request_json(settings, dialect, system, user);
    }

    std::optional<Dialect> plainer(const Dialect& dialect,
                                   std::string_view error_body) const override {
        return plainer_dialect(dialect, error_body);
    }

    std::string describe(const Dialect& dialect) const override { return judge::describe(dialect); }

    std::optional<ApiReply> read_reply(std::string_view body) const override {
        const auto completion = read_completion(body);
        if (!completion) {
            return {};
        }
        ApiReply reply;
        reply.text = completion->content;
        const http::Finish finish = http::finish_of(completion->finish_reason);
        reply.cut_off = finish == http::Finish::kLimit;
        reply.only_thoughts = completion->only_thoughts;
        reply.model = completion->model;
        reply.n_prompt_tokens = completion->n_prompt_tokens;
        reply.n_reply_tokens = completion->n_reply_tokens;
        if (!completion->refusal.empty()) {
            reply.refusal = "The judge refused: " + shorten(completion->refusal, 200);
            if (reply.text.empty()) {
                reply.text = completion->refusal;
            }
        } else if (finish == http::Finish::kWithheld) {
            reply.refusal = "The provider's content filter withheld the reply.";
        }
        return reply;
    }

    ServerError read_error(std::string_view body) const override { return judge::read_error(body); }

    std::optional<double> pause_seconds(const HttpReply& reply,
                                        double n_tokens,
                                        std::int64_t now_unix_s) const override {
        return longest_pause(
            reply,
            {{"x-ratelimit-remaining-requests", "x-ratelimit-reset-requests", 1},
             {"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens", n_tokens}},
            now_unix_s);
    }

    const BatchFormat* batches() const override { return &openai_batches(); }

 private:
    static constexpr const char* kPath = "/chat/completions";
};

}  // namespace

Result<std::unique_ptr<Judge>> make_openai_judge(const JudgeSpec& spec,
                                                 const Services& services,
                                                 Progress& progress) {
    return make_http_judge(std::make_unique<OpenAi>(), spec, services, progress);
}

}  // namespace assay::judge
