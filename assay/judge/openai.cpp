#include "assay/judge/openai.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/judge/completion.hpp"
#include "assay/judge/endpoint.hpp"
#include "assay/judge/http_client.hpp"
#include "assay/judge/parse.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/judge/retry.hpp"

namespace assay::judge {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCircuitLimit = 10;
constexpr std::chrono::seconds kPatience{30};  ///< with replies under way when the judge is given up
constexpr std::size_t kMaxErrorBytes = 16384;  ///< of an error reply's body, kept in a verdict
constexpr std::size_t kShortestSecret =
    6;  ///< "none", "EMPTY": words that servers without keys are given; hiding them would spoil texts

/// What stays the same over all runs of one judge.
struct Setup {
    JudgeSpec spec;
    Endpoint endpoint;
    std::string key;
    std::string jinja;
    RenderTemplate render;
    Progress* progress = nullptr;

    [[nodiscard]] std::string redact(std::string text) const {
        if (key.size() < kShortestSecret) return text;
        for (std::size_t at = text.find(key); at != std::string::npos; at = text.find(key, at))
            text.replace(at, key.size(), "[key]");
        return text;
    }
    void note(const std::string& line) const { progress->note(redact(fmt::format("judge {}: {}", spec.name, line))); }
};

/// A pair on its way: in flight, or waiting for its next attempt.
struct Task {
    std::string user;
    Verdict verdict;
    Dialect dialect;  ///< of the last request
    int n_retries = 0;
    std::optional<Clock::time_point> due;  ///< of the next attempt; empty: in flight
    Clock::time_point begun;
};

/// One call of run().
class Session {
 public:
    Session(const Setup& setup,
            Dialect& dialect,
            const PairSource& source,
            const std::function<void(const Verdict&)>& sink)
        : setup_(setup), dialect_(dialect), source_(source), sink_(sink), client_(target(setup)) {}

    RunResult run(const std::atomic<bool>& cancel) {
        while (!cancel && !stop_) {
            while (!exhausted_ && !cancel && !stop_ && tasks_.size() < static_cast<std::size_t>(setup_.spec.concurrency))
                begin_next(cancel);
            if (tasks_.empty()) break;
            for (auto& [id, task] : tasks_) {
                if (task.due && *task.due <= Clock::now()) send(id, task);
            }
            receive(wait_time());
        }
        // Replies that arrived meanwhile are paid for: they are not thrown away.
        if (!tasks_.empty()) receive(std::chrono::milliseconds(0));
        if (stop_) {
            wait_for_replies_under_way(cancel);
            while (!tasks_.empty()) fail_task(tasks_.begin()->first, to_sentence(*stop_));
            return {RunEnd::kStopped, *stop_};
        }
        if (cancel) return {RunEnd::kCancelled, {}};
        if (!answered_ && n_troubles_ > 0) return {RunEnd::kStopped, out_of_reach()};
        return {};
    }

 private:
    static HttpTarget target(const Setup& setup) {
        HttpTarget target;
        target.url = setup.endpoint.chat_url;
        target.host_and_port = setup.endpoint.host_and_port;
        target.headers = {"Content-Type: application/json", "Accept: application/json"};
        if (!setup.key.empty()) target.headers.push_back("Authorization: Bearer " + setup.key);
        target.timeout_s = setup.spec.timeout_s;
        target.use_proxy = !setup.endpoint.loopback;
        return target;
    }

    [[nodiscard]] std::chrono::milliseconds wait_time() const {
        auto wait = std::chrono::milliseconds(100);  // how long a cancellation can go unseen
        for (const auto& [id, task] : tasks_) {
            if (task.due)
                wait = std::min(wait, std::chrono::duration_cast<std::chrono::milliseconds>(*task.due - Clock::now()));
        }
        return std::max(wait, std::chrono::milliseconds(0)) + std::chrono::milliseconds(1);
    }

    void wait_for_replies_under_way(const std::atomic<bool>& cancel) {
        const auto under_way = [&] { return std::any_of(tasks_.begin(), tasks_.end(), [](const auto& entry) { return !entry.second.due; }); };
        for (const auto end = Clock::now() + kPatience; !cancel && under_way() && Clock::now() < end;) receive(std::chrono::milliseconds(100));
    }

    void begin_next(const std::atomic<bool>& cancel) {
        const auto next = source_();
        if (!next) {
            exhausted_ = true;
            return;
        }
        const BlindedPair& pair = *next;
        const std::size_t id = n_begun_++;
        Task task;
        task.begun = Clock::now();
        task.verdict.item_id = pair.item_id;
        Result<std::string> user;
        try {
            user = setup_.render(setup_.jinja,
                                 template_variables(pair, setup_.spec.show_contexts, setup_.spec.show_expected));
        } catch (const Error& error) {
            // The renderer heeds the same flag. The pair stays pending, and what others brought is still taken.
            if (error.kind() == ErrorKind::kInterrupted && cancel) return;
            throw;
        }
        Task& begun = tasks_.emplace(id, std::move(task)).first->second;
        if (!user) return fail_task(id, "The judge's prompt cannot be rendered: " + to_sentence(user.error()));
        begun.user = std::move(*user);
        const std::string prompt[] = {std::string(system_text()), begun.user};
        begun.verdict.prompt_sha256 = sha256_of_fields(prompt);
        send(id, begun);
    }

    void send(std::size_t id, Task& task) {
        task.due.reset();
        task.dialect = dialect_;
        ++task.verdict.n_attempts;
        client_.post(id, request_json(setup_.spec, dialect_, system_text(), task.user));
    }

    void receive(std::chrono::milliseconds wait) {
        for (const HttpReply& reply : client_.poll(wait)) handle(reply);
    }

    void handle(const HttpReply& reply) {
        Task& task = tasks_.at(reply.id);
        const int status = reply.status;
        answered_ |= reply.connected;
        task.verdict.raw = to_valid_utf8(std::string_view(reply.body).substr(0, kMaxErrorBytes));
        if (status == 0) return trouble(reply.id, reply.trouble);
        if (status >= 200 && status <= 299) {
            const auto completion = read_completion(reply.body);
            if (!completion)
                return trouble(reply.id,
                               setup_.endpoint.host_and_port + ": the reply is not a whole completion document");
            n_troubles_ = 0;
            return settle(reply.id, *completion);
        }
        n_troubles_ = 0;
        const ServerError error = read_error(reply.body);
        const std::string sentence = fmt::format("{} answered {}: {}", setup_.endpoint.chat_url, status, error.message);
        if (status == 400 || status == 422) return bad_request(reply, error, sentence);
        if (is_retried(status))
            return retry(reply.id, sentence, retry_after_seconds(reply.retry_after, reply.date, std::time(nullptr)));
        if (status == 401 || status == 403 || status == 404) stop(refusal_to_serve(status, error));
        fail_task(
            reply.id,
            status >= 300 && status <= 399
                ? fmt::format("{} answered {}, a redirect, which is not followed. Give the address that it leads to.",
                              setup_.endpoint.chat_url, status)
                : sentence);
    }

    void settle(std::size_t id, const Completion& completion) {
        Verdict& verdict = tasks_.at(id).verdict;
        verdict.model_version = to_valid_utf8(completion.model);
        verdict.n_prompt_tokens = completion.n_prompt_tokens;
        verdict.n_reply_tokens = completion.n_reply_tokens;
        if (!completion.content.empty()) verdict.raw = completion.content;
        if (completion.finish_reason == "content_filter" || !completion.refusal.empty()) {
            verdict.state = VerdictState::kRefused;
            if (completion.content.empty() && !completion.refusal.empty()) verdict.raw = completion.refusal;
            verdict.failure = completion.refusal.empty() ? "The provider's content filter withheld the reply."
                                                         : "The judge refused: " + shorten(completion.refusal, 200);
            return push(id);
        }
        ParsedReply parsed = parse_reply(completion.content);
        verdict.state = parsed.state;
        verdict.confidence = parsed.confidence;
        verdict.reasoning = std::move(parsed.reasoning);
        verdict.failure = std::move(parsed.failure);
        if (parsed.state == VerdictState::kInvalid) {
            if (trim(completion.content).empty()) verdict.failure = "The reply is empty.";
            if (completion.finish_reason == "length") {
                verdict.failure +=
                    fmt::format(" It was cut off at {} tokens: raise the judge's max-tokens.", setup_.spec.max_tokens);
            }
        }
        push(id);
    }

    void bad_request(const HttpReply& reply, const ServerError& error, const std::string& sentence) {
        Task& task = tasks_.at(reply.id);
        if (error.code == "content_filter" || error.code == "content_policy_violation") {
            task.verdict.state = VerdictState::kRefused;
            task.verdict.failure = "The provider's content filter withheld the reply: " + error.message;
            return push(reply.id);
        }
        // Others may have changed the dialect since this request left; then it only has to be sent again.
        if (task.dialect == dialect_) {
            const auto plainer = plainer_dialect(dialect_, reply.body);
            if (!plainer) return fail_task(reply.id, sentence);
            dialect_ = *plainer;
            setup_.note(fmt::format("the server answered {} ({}); from now on {}", reply.status, error.message,
                                    describe(dialect_)));
        }
        if (stop_) {
            task.due = Clock::now();  // it is not under way any more
            return;
        }
        send(reply.id, task);
    }

    /// A connection that was not made or broke, a timeout, a reply that is not one.
    void trouble(std::size_t id, const std::string& sentence) {
        last_trouble_ = sentence;
        if (++n_troubles_ >= kCircuitLimit) stop(out_of_reach());
        retry(id, sentence, {});
    }

    void retry(std::size_t id, const std::string& sentence, std::optional<double> retry_after_s) {
        Task& task = tasks_.at(id);
        if (task.n_retries >= setup_.spec.retries || stop_) return fail_task(id, sentence);
        double wait_s = std::max(backoff_seconds(++task.n_retries, task.verdict.item_id), retry_after_s.value_or(0));
        // Nobody has ever been there: find out soon whether that is a wrong address.
        if (!answered_) wait_s = std::min(wait_s, 1.0);
        if (wait_s >= 5) setup_.note(fmt::format("{}; next attempt in {}", sentence, format_duration(wait_s)));
        task.due = Clock::now() + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(wait_s));
    }

    void fail_task(std::size_t id, const std::string& sentence) {
        Verdict& verdict = tasks_.at(id).verdict;
        verdict.state = VerdictState::kError;
        verdict.failure = sentence;
        push(id);
    }

    void push(std::size_t id) {
        const auto found = tasks_.find(id);
        Verdict verdict = std::move(found->second.verdict);
        verdict.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - found->second.begun).count();
        tasks_.erase(found);
        // Wherever the server may have echoed the key.
        for (std::string* text : {&verdict.reasoning, &verdict.raw, &verdict.failure, &verdict.model_version})
            *text = setup_.redact(*text);
        sink_(verdict);
    }

    void stop(Failure why) {
        if (stop_) return;
        for (std::string* text : {&why.message, &why.place, &why.remedy}) *text = setup_.redact(*text);
        stop_ = std::move(why);
    }

    [[nodiscard]] Failure out_of_reach() const {
        return {fmt::format("the judge {} is out of reach, {} requests in a row failed; the last one: {}",
                            setup_.spec.name, n_troubles_, last_trouble_),
                setup_.endpoint.base_url,
                "start its server or mend the address, and run again: only what is missing is judged"};
    }

    [[nodiscard]] Failure refusal_to_serve(int status, const ServerError& error) const {
        const std::string variable = setup_.spec.api_key_env.empty() ? "OPENAI_API_KEY" : setup_.spec.api_key_env;
        const bool no_default_key = setup_.spec.api_key_env.empty() && !setup_.endpoint.loopback && setup_.key.empty();
        const std::string remedy =
            status == 404
                ? fmt::format("check the judge's url and whether the model {} is served there", setup_.spec.model)
            : no_default_key ? "name the environment variable of its key in the judge's api-key-env"
                             : fmt::format("check the key in {} and what it may be used for", variable);
        return {fmt::format("the judge {} answered {}: {}", setup_.spec.name, status, error.message),
                setup_.endpoint.chat_url, remedy};
    }

    const Setup& setup_;
    Dialect& dialect_;
    const PairSource& source_;
    const std::function<void(const Verdict&)>& sink_;
    HttpClient client_;
    std::map<std::size_t, Task> tasks_;  ///< at most spec.concurrency, in the order in which they were begun
    std::size_t n_begun_ = 0;
    bool exhausted_ = false;
    int n_troubles_ = 0;  ///< transport errors since the last reply
    std::string last_trouble_;
    bool answered_ = false;  ///< a connection was made in this run
    std::optional<Failure> stop_;
};

class OpenAiJudge final : public Judge {
 public:
    explicit OpenAiJudge(Setup setup) : setup_(std::move(setup)) {}

    std::string identity() const override {
        const JudgeSpec& spec = setup_.spec;
        const std::string texts[] = {std::string(system_text()), setup_.jinja};
        nlohmann::ordered_json identity;
        identity["provider"] = "openai";
        identity["address"] = setup_.endpoint.base_url;
        identity["model"] = spec.model;
        identity["temperature"] = spec.temp;
        identity["max_tokens"] = spec.max_tokens;
        identity["prompt_sha256"] = sha256_of_fields(texts);
        identity["show_contexts"] = spec.show_contexts;
        identity["show_expected"] = spec.show_expected;
        identity["prompt_version"] = kPromptVersion;
        identity["parser_version"] = kParserVersion;
        return setup_.redact(identity.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace));
    }

    bool costs_nothing() const override { return false; }

    RunResult run(const PairSource& next,
                  const std::function<void(const Verdict&)>& sink,
                  const std::atomic<bool>& cancel) override {
        return Session(setup_, dialect_, next, sink).run(cancel);
    }

 private:
    Setup setup_;
    Dialect dialect_;  ///< what was learnt stays for the next wave
};

std::optional<std::string> complaint(const JudgeSpec& spec) {
    if (spec.model.empty()) return "the judge has no model";
    if (spec.concurrency < 1 || spec.concurrency > 1000) return "concurrency is not in 1 .. 1000";
    if (!(spec.timeout_s > 0 && spec.timeout_s <= 86400)) return "the timeout is not in (0, 86400] s";
    if (spec.retries < 0) return "retries is negative";
    if (spec.max_tokens < 1) return "max-tokens is less than 1";
    if (!(spec.temp >= 0 && spec.temp <= 2)) return "temp is not in [0, 2]";
    return {};
}

}  // namespace

Result<std::unique_ptr<Judge>> make_openai_judge(const JudgeSpec& spec, RenderTemplate render, Progress& progress) {
    const std::string place = fmt::format("judge {}", spec.name);
    if (const auto wrong = complaint(spec)) return fail(*wrong, place);
    if (!render) return fail("there is nothing that renders its prompt", place);
    auto endpoint = parse_endpoint(spec.url.empty() ? "https://api.openai.com/v1" : spec.url);
    if (!endpoint) {
        Failure failure = endpoint.error();
        if (failure.place.empty()) failure.place = place;
        return tl::unexpected<Failure>(std::move(failure));
    }
    auto key = find_key(spec, *endpoint);
    if (!key) return tl::unexpected<Failure>(key.error());
    Setup setup{spec,
                *endpoint,
                *key,
                spec.prompt_template.empty() ? std::string(builtin_template()) : spec.prompt_template,
                std::move(render),
                &progress};
    if (!setup.key.empty() && !endpoint->encrypted && !endpoint->loopback)
        setup.note("the key travels unencrypted to " + endpoint->host_and_port);
    return std::make_unique<OpenAiJudge>(std::move(setup));
}

}  // namespace assay::judge
