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
                  .pace = Pace(static_cast<double>(setup_.spec.api().requests_per_minute),
                               static_cast<double>(setup_.spec.api().tokens_per_minute),
                               Pace::Clock::now()),
                  .budget = http::Budget(limits_at_its_prices(setup_.spec.api()),
                                         setup_.spec.api().max_tokens),
                  .model_version = {}} {}

    std::string identity() const override {
        const JudgeSpec& spec = setup_.spec;
        const ApiSettings& settings = spec.api();
        const std::string texts[] = {std::string(system_text()), setup_.jinja};
        nlohmann::ordered_json identity;
        identity["provider"] = spec.provider;
        identity["address"] = setup_.endpoint.base_url;
        identity["model"] = settings.model;
        identity["temperature"] = settings.temp;
        identity["max_tokens"] = settings.max_tokens;
        identity["prompt_sha256"] = sha256_of_fields(texts);
        identity["show_contexts"] = spec.show_contexts;
        identity["show_expected"] = spec.show_expected;
        identity["prompt_version"] = kPromptVersion;
        identity["parser_version"] = kParserVersion;
        if (settings.tags) {
            identity["tags"] = true;
        }
        return setup_.redact(
            identity.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }

    bool costs_nothing() const override { return false; }

    RunResult run(const PairSource& next,
                  const std::function<void(const Verdict&)>& sink,
                  const std::atomic<bool>& cancel) override {
        if (setup_.spec.api().batch) {
            return run_batch_session(setup_, memory_, next, sink, cancel);
        }
        return run_http_session(setup_, memory_, next, sink, cancel);
    }

 private:
    HttpSetup setup_;
    HttpMemory memory_;
};

}  // namespace

Result<std::unique_ptr<Judge>> make_http_judge(std::unique_ptr<const ApiFormat> format,
                                               const JudgeSpec& spec,
                                               const Services& services,
                                               Progress& progress) {
    const JudgeProvider* provider = find_judge_provider(spec.provider);
    ASSAY_CHECK(provider != nullptr);
    const std::string place = fmt::format("judge {}", spec.name);
    const ApiSettings& settings = spec.api();
    if (settings.model.empty()) {
        return fail("the judge has no model", place);
    }
    if (lacks_prices(settings)) {
        return fail("max-cost needs price-input or price-output", place);
    }
    if (!services.render) {
        return fail("there is nothing that renders its prompt", place);
    }
    auto endpoint = http::parse_endpoint(settings.url.empty() ? std::string(provider->default_url)
                                                              : settings.url);
    if (!endpoint) {
        Failure failure = endpoint.error();
        if (failure.place.empty()) {
            failure.place = place;
        }
        return tl::unexpected<Failure>(std::move(failure));
    }
    auto key = http::find_key({place, spec.provider, settings.api_key_env}, *endpoint);
    if (!key) {
        return tl::unexpected<Failure>(key.error());
    }
    endpoint->base_url = format->base(endpoint->base_url);
    if (settings.batch && !format->batches()) {
        return fail(fmt::format("{} has no batch API", spec.provider), place, "leave batch out");
    }
    if (settings.batch && endpoint->azure) {
        return fail("assay does not speak the batch API of Azure, which is another than OpenAI's",
                    place,
                    "leave batch out");
    }
    if (settings.batch && !(services.journal.get && services.journal.put)) {
        return fail("there is nothing that remembers its batches", place);
    }
    std::string request_url = format->request_url(endpoint->base_url, settings.model);
    HttpSetup setup{std::move(format),
                    spec,
                    *endpoint,
                    std::move(request_url),
                    *key,
                    settings.prompt_template.empty() ? builtin_template(settings.tags)
                                                     : settings.prompt_template,
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
