#include "assay/judge/http_judge.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/http/endpoint.hpp"
#include "assay/judge/batch_session.hpp"
#include "assay/judge/http_session.hpp"
#include "assay/judge/parse.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/records/judge_provider.hpp"
#include "assay/records/verdict_cost.hpp"

namespace assay::judge {
namespace {

using http::Pace;

class HttpJudge final : public Judge {
 public:
    explicit HttpJudge(HttpSetup setup)
        : setup_(std::move(setup)),
          memory_{.dialect = {},
                  .pace = Pace(static_cast<double>(setup_.spec.requests_per_minute),
                               static_cast<double>(setup_.spec.tokens_per_minute),
                               Pace::Clock::now()),
                  .budget = Budget(setup_.spec),
                  .model_version = {}} {}

    std::string identity() const override {
        const JudgeSpec& spec = setup_.spec;
        const std::string texts[] = {std::string(system_text()), setup_.jinja};
        nlohmann::ordered_json identity;
        identity["provider"] = spec.provider;
        identity["address"] = setup_.endpoint.base_url;
        identity["model"] = spec.model;
        identity["temperature"] = spec.temp;
        identity["max_tokens"] = spec.max_tokens;
        identity["prompt_sha256"] = sha256_of_fields(texts);
        identity["show_contexts"] = spec.show_contexts;
        identity["show_expected"] = spec.show_expected;
        identity["prompt_version"] = kPromptVersion;
        identity["parser_version"] = kParserVersion;
        if (spec.tags) {
            identity["tags"] = true;
        }
        return setup_.redact(
            identity.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }

    bool costs_nothing() const override { return false; }

    RunResult run(const PairSource& next,
                  const std::function<void(const Verdict&)>& sink,
                  const std::atomic<bool>& cancel) override {
        if (setup_.spec.batch) {
            return run_batch_session(setup_, memory_, next, sink, cancel);
        }
        return run_http_session(setup_, memory_, next, sink, cancel);
    }

 private:
    HttpSetup setup_;
    HttpMemory memory_;
};

std::optional<std::string> complaint(const JudgeSpec& spec) {
    if (spec.model.empty()) {
        return "the judge has no model";
    }
    if (spec.concurrency < 1 || spec.concurrency > 1000) {
        return "concurrency is not in 1 .. 1000";
    }
    if (!(spec.timeout_s > 0 && spec.timeout_s <= 86400)) {
        return "the timeout is not in (0, 86400] s";
    }
    if (spec.retries < 0) {
        return "retries is negative";
    }
    if (spec.max_tokens < 1) {
        return "max-tokens is less than 1";
    }
    if (spec.requests_per_minute < 0 || spec.tokens_per_minute < 0 || spec.max_calls < 0 ||
        spec.max_tokens_total < 0 || spec.max_cost < 0) {
        return "requests-per-minute, tokens-per-minute, max-calls, max-tokens-total or max-cost is "
               "negative";
    }
    if (spec.max_cost > 0 && !token_cost(spec, 0, 0)) {
        return "max-cost needs price-input or price-output";
    }
    if (!(spec.temp >= 0 && spec.temp <= 2)) {
        return "temp is not in [0, 2]";
    }
    return {};
}

}  // namespace

Result<std::unique_ptr<Judge>> make_http_judge(std::unique_ptr<const WireFormat> wire,
                                               const JudgeSpec& spec,
                                               const Services& services,
                                               Progress& progress) {
    const JudgeProvider* provider = find_judge_provider(spec.provider);
    ASSAY_CHECK(provider != nullptr);
    const std::string place = fmt::format("judge {}", spec.name);
    if (const auto wrong = complaint(spec)) {
        return fail(*wrong, place);
    }
    if (!services.render) {
        return fail("there is nothing that renders its prompt", place);
    }
    auto endpoint = http::parse_endpoint(spec.url.empty() ? std::string(provider->default_url)
                                                          : spec.url);
    if (!endpoint) {
        Failure failure = endpoint.error();
        if (failure.place.empty()) {
            failure.place = place;
        }
        return tl::unexpected<Failure>(std::move(failure));
    }
    auto key = http::find_key({place, spec.provider, spec.api_key_env}, *endpoint);
    if (!key) {
        return tl::unexpected<Failure>(key.error());
    }
    endpoint->base_url = wire->base(endpoint->base_url);
    if (spec.batch && !wire->batches()) {
        return fail(fmt::format("{} has no batch API", spec.provider), place, "leave batch out");
    }
    if (spec.batch && !(services.journal.get && services.journal.put)) {
        return fail("there is nothing that remembers its batches", place);
    }
    std::string request_url = wire->request_url(endpoint->base_url, spec.model);
    HttpSetup setup{
        std::move(wire),
        spec,
        *endpoint,
        std::move(request_url),
        *key,
        spec.prompt_template.empty() ? builtin_template(spec.tags) : spec.prompt_template,
        services.render,
        &progress,
        services.journal,
        services.known_version ? services.known_version : [] { return std::string(); }};
    if (!setup.key.empty() && !endpoint->encrypted && !endpoint->loopback) {
        setup.note("the key travels unencrypted to " + endpoint->host_and_port);
    }
    return std::make_unique<HttpJudge>(std::move(setup));
}

}  // namespace assay::judge
