#include "assay/judge/http_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/http/http_client.hpp"
#include "assay/judge/parse.hpp"
#include "assay/judge/prompt.hpp"
#include "assay/http/retry.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::judge {
namespace {

using http::HttpReply;
using http::HttpTarget;

using Clock = http::Pace::Clock;

constexpr int kCircuitLimit = 10;
constexpr std::chrono::seconds kPatience{30};  ///< with replies under way when the judge is given up
constexpr std::size_t kMaxErrorBytes = 16384;  ///< of an error reply's body, kept in a verdict
constexpr double kBytesPerToken = 4;  ///< a guess, until the reply says what the prompt really had

Clock::duration seconds(double s) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

/// A pair on its way: in flight, or waiting for its next attempt.
struct Task {
    std::string user;
    Verdict verdict;
    Dialect dialect;  ///< of the last request
    int n_retries = 0;
    double n_tokens_taken = 0;             ///< of the limit of tokens, for the last request
    std::optional<Clock::time_point> due;  ///< of the next attempt; empty: in flight
    Clock::time_point begun;
};

/// One call of run().
class Session {
 public:
    Session(const HttpSetup& setup,
            HttpMemory& memory,
            const PairSource& source,
            const std::function<void(const Verdict&)>& sink)
        : setup_(setup), memory_(memory), source_(source), sink_(sink), client_(target(setup)) {}

    RunResult run(const std::atomic<bool>& cancel) {
        while (!cancel && !stop_) {
            send_due();
            while (!cancel && !stop_ && may_begin()) begin_next(cancel);
            if (tasks_.empty() && (exhausted_ || cancel || stop_)) break;
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
    static HttpTarget target(const HttpSetup& setup) {
        HttpTarget target;
        target.url = setup.request_url;
        target.host_and_port = setup.endpoint.host_and_port;
        target.headers = {"Content-Type: application/json", "Accept: application/json"};
        for (std::string& header : setup.wire->headers(setup.key)) target.headers.push_back(std::move(header));
        target.timeout_s = setup.spec.timeout_s;
        target.use_proxy = !setup.endpoint.loopback;
        return target;
    }

    [[nodiscard]] std::chrono::milliseconds wait_time() const {
        const auto now = Clock::now();
        const Clock::duration gate = memory_.pace.wait(now);
        Clock::duration wait = std::chrono::milliseconds(100);  // how long a cancellation can go unseen
        if (gate > Clock::duration::zero()) wait = std::min(wait, gate);
        for (const auto& [id, task] : tasks_) {
            if (task.due) wait = std::min(wait, std::max(*task.due - now, gate));
        }
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::max(wait, Clock::duration::zero())) +
               std::chrono::milliseconds(1);
    }

    [[nodiscard]] bool gate_is_open() const { return memory_.pace.wait(Clock::now()) == Clock::duration::zero(); }
    [[nodiscard]] bool calls_are_used_up() const {
        return setup_.spec.max_calls > 0 && memory_.n_calls >= setup_.spec.max_calls;
    }

    /// No pair is taken that would have to wait: the source may end meanwhile. Without a call left, one is asked for only
    /// to know whether there is one, and only when nothing is under way any more.
    [[nodiscard]] bool may_begin() const {
        if (exhausted_ || tasks_.size() >= static_cast<std::size_t>(setup_.spec.concurrency)) return false;
        return calls_are_used_up() ? tasks_.empty() : gate_is_open();
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
        if (calls_are_used_up()) return stop(no_calls_left());  // the pair stays pending
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
        task.dialect = memory_.dialect;
        ++task.verdict.n_attempts;
        ++memory_.n_calls;
        std::string body = setup_.wire->request(setup_.spec, memory_.dialect, system_text(), task.user);
        task.n_tokens_taken = static_cast<double>(body.size()) / kBytesPerToken;
        memory_.pace.take(task.n_tokens_taken, Clock::now());
        client_.post(id, std::move(body));
    }

    void send_due() {
        for (auto next = tasks_.begin(); next != tasks_.end();) {
            const std::size_t id = next->first;
            Task& task = next->second;
            ++next;  // what fails is erased
            if (!task.due || *task.due > Clock::now()) continue;
            if (calls_are_used_up()) {
                fail_task(id, task.verdict.failure + " (no further attempt: max-calls is reached)");
            } else if (gate_is_open()) {
                send(id, task);
            }
        }
    }

    void receive(std::chrono::milliseconds wait) {
        for (const HttpReply& reply : client_.poll(wait)) handle(reply);
    }

    void handle(const HttpReply& reply) {
        Task& task = tasks_.at(reply.id);
        const int status = reply.status;
        answered_ |= reply.connected;
        heed_limits(reply);
        task.verdict.raw = to_valid_utf8(std::string_view(reply.body).substr(0, kMaxErrorBytes));
        if (status == 0) return trouble(reply.id, reply.trouble);
        if (status >= 200 && status <= 299) {
            const auto read = setup_.wire->read_reply(reply.body);
            if (!read)
                return trouble(reply.id,
                               setup_.endpoint.host_and_port + ": the reply is not a whole completion document");
            n_troubles_ = 0;
            return settle(reply.id, *read);
        }
        n_troubles_ = 0;
        const ServerError error = setup_.wire->read_error(reply.body);
        const std::string sentence = fmt::format("{} answered {}: {}", setup_.request_url, status, error.message);
        const bool hopeless = error.hopeless || status == 401 || status == 403 || status == 404;
        if (hopeless) stop(refusal_to_serve(status, error));
        if (!hopeless && (status == 400 || status == 422)) return bad_request(reply, error, sentence);
        if (http::is_retried(status)) {
            auto wait_s = http::retry_after_seconds(reply.retry_after, reply.date, std::time(nullptr));
            if (!wait_s) wait_s = error.retry_after_s;
            return retry(reply.id, sentence, wait_s);
        }
        fail_task(
            reply.id,
            status >= 300 && status <= 399
                ? fmt::format("{} answered {}, a redirect, which is not followed. Give the address that it leads to.",
                              setup_.request_url, status)
                : sentence);
    }

    void heed_limits(const HttpReply& reply) {
        const auto pause_s = setup_.wire->pause_seconds(reply, std::time(nullptr));
        if (!pause_s) return;
        if (*pause_s >= 5)
            setup_.note(fmt::format("{} lets no request through for {}", setup_.endpoint.host_and_port,
                                    format_duration(*pause_s)));
        memory_.pace.hold(Clock::now() + seconds(*pause_s));
    }

    void settle(std::size_t id, const WireReply& reply) {
        Task& task = tasks_.at(id);
        Verdict& verdict = task.verdict;
        verdict.model_version = to_valid_utf8(reply.model);
        verdict.n_prompt_tokens = reply.n_prompt_tokens;
        verdict.n_reply_tokens = reply.n_reply_tokens;
        const auto n_tokens = static_cast<double>(reply.n_prompt_tokens) + static_cast<double>(reply.n_reply_tokens);
        if (n_tokens > 0) memory_.pace.correct(n_tokens - task.n_tokens_taken, Clock::now());
        if (!reply.text.empty()) verdict.raw = reply.text;
        if (!reply.refusal.empty()) {
            verdict.state = VerdictState::kRefused;
            verdict.failure = reply.refusal;
        } else {
            read_verdict(reply, verdict);
        }
        push(id);
        check_version(reply.model);  // the reply is kept as what it is; the next one would be another judge's
    }

    void read_verdict(const WireReply& reply, Verdict& verdict) const {
        ParsedReply parsed = parse_reply(reply.text);
        verdict.state = parsed.state;
        verdict.confidence = parsed.confidence;
        verdict.reasoning = std::move(parsed.reasoning);
        verdict.failure = std::move(parsed.failure);
        if (parsed.state != VerdictState::kInvalid) return;
        if (trim(reply.text).empty()) verdict.failure = "The reply is empty.";
        if (!reply.cut_off) return;
        const std::string thoughts =
            reply.n_thought_tokens > 0 ? fmt::format(", {} of which were thoughts", reply.n_thought_tokens) : "";
        verdict.failure += fmt::format(" It was cut off at {} tokens{}: raise the judge's max-tokens.",
                                       setup_.spec.max_tokens, thoughts);
    }

    void check_version(const std::string& version) {
        if (version.empty()) return;
        std::string& first = memory_.model_version;
        if (first.empty()) first = version;
        if (first != version) stop(another_version(version));
    }

    void bad_request(const HttpReply& reply, const ServerError& error, const std::string& sentence) {
        Task& task = tasks_.at(reply.id);
        if (error.refused) {
            task.verdict.state = VerdictState::kRefused;
            task.verdict.failure = "The provider's content filter withheld the reply: " + error.message;
            return push(reply.id);
        }
        // Others may have changed the dialect since this request left; then it only has to be sent again.
        Dialect& dialect = memory_.dialect;
        if (task.dialect == dialect) {
            const auto plainer = setup_.wire->plainer(dialect, reply.body);
            if (!plainer) return fail_task(reply.id, sentence);
            dialect = *plainer;
            setup_.note(fmt::format("the server answered {} ({}); from now on {}", reply.status, error.message,
                                    setup_.wire->describe(dialect)));
        }
        wait_for_next_attempt(task, sentence, 0);
    }

    static void wait_for_next_attempt(Task& task, const std::string& sentence, double wait_s) {
        task.verdict.failure = sentence;  // should it be the last
        task.due = Clock::now() + seconds(wait_s);
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
        double wait_s = std::max(http::backoff_seconds(++task.n_retries, task.verdict.item_id), retry_after_s.value_or(0));
        // Nobody has ever been there: find out soon whether that is a wrong address.
        if (!answered_) wait_s = std::min(wait_s, 1.0);
        if (wait_s >= 5) setup_.note(fmt::format("{}; next attempt in {}", sentence, format_duration(wait_s)));
        wait_for_next_attempt(task, sentence, wait_s);
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

    [[nodiscard]] Failure no_calls_left() const {
        return {fmt::format("the judge {} was asked {} times, which is its max-calls", setup_.spec.name, memory_.n_calls),
                setup_.endpoint.base_url, "raise max-calls, or run again: only what is missing is judged"};
    }

    [[nodiscard]] Failure another_version(const std::string& version) const {
        const auto shown = [&](const std::string& text) { return shorten(setup_.redact(to_valid_utf8(text)), 100); };
        return {fmt::format("the judge {} has changed: its replies named the model \"{}\" and now name \"{}\"",
                            setup_.spec.name, shown(memory_.model_version), shown(version)),
                setup_.endpoint.base_url,
                "verdicts of two models are not one judge's: name a fixed version as its model and judge anew with "
                "--rejudge"};
    }

    [[nodiscard]] Failure refusal_to_serve(int status, const ServerError& error) const {
        const std::string_view own = find_judge_provider(setup_.spec.provider)->key_variable;
        const std::string variable(setup_.spec.api_key_env.empty() ? own : setup_.spec.api_key_env);
        const bool no_default_key = variable.empty() || (setup_.spec.api_key_env.empty() && !setup_.endpoint.loopback && setup_.key.empty());
        const std::string remedy =
            status == 404
                ? fmt::format("check the judge's url and whether the model {} is served there", setup_.spec.model)
            : no_default_key ? "name the environment variable of its key in the judge's api-key-env"
                             : fmt::format("check the key in {} and what it may be used for", variable);
        return {fmt::format("the judge {} answered {}: {}", setup_.spec.name, status, error.message),
                setup_.request_url, remedy};
    }

    const HttpSetup& setup_;
    HttpMemory& memory_;
    const PairSource& source_;
    const std::function<void(const Verdict&)>& sink_;
    http::HttpClient client_;
    std::map<std::size_t, Task> tasks_;  ///< at most spec.concurrency, in the order in which they were begun
    std::size_t n_begun_ = 0;
    bool exhausted_ = false;
    int n_troubles_ = 0;  ///< transport errors since the last reply
    std::string last_trouble_;
    bool answered_ = false;  ///< a connection was made in this run
    std::optional<Failure> stop_;
};

}  // namespace

std::string HttpSetup::redact(std::string text) const {
    return http::redact(std::move(text), key);
}

void HttpSetup::note(const std::string& line) const {
    progress->note(redact(fmt::format("judge {}: {}", spec.name, line)));
}

RunResult run_http_session(const HttpSetup& setup,
                           HttpMemory& memory,
                           const PairSource& source,
                           const std::function<void(const Verdict&)>& sink,
                           const std::atomic<bool>& cancel) {
    return Session(setup, memory, source, sink).run(cancel);
}

}  // namespace assay::judge
