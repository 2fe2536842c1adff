// One run of a judge behind HTTP: up to `concurrency` pairs are asked at the same time, from one
// thread.
//
// Every pair is a task: in flight, or waiting until its next attempt is due. The loop sends what is
// due, begins new pairs while there is room, and waits for the next reply or the next due time.
// What holds requests back is in `memory` and outlives the run: the pace (requests and tokens a
// minute, pauses that the provider asks for), the budget, and the dialect, the form of a request
// that the server has shown to understand.
//
// Invariant: a task leaves the table exactly when its verdict goes into the sink, or when it stays
// pending: it was not begun, or its request had not been sent when the judge was stopped.
//
// A 400 that names a field is answered with a plainer request of the same pair; the dialect of the
// others changes only when such a request has succeeded: one pair's error stays that pair's.
//
// It ends because every reply ends its task or counts as one of at most `retries` further attempts;
// a 400 that makes a request plainer is none, but the dialect has only a few steps. Where nobody
// answers (kCircuitLimit troubles in a row) or going on is useless (a refused key), the judge is
// stopped, and only replies under way are still waited for, at most kPatience.

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
#include "assay/http/retry.hpp"
#include "assay/http/success_body.hpp"
#include "assay/judge/dialect_trial.hpp"
#include "assay/judge/http_replies.hpp"
#include "assay/judge/prompt.hpp"

namespace assay::judge {
namespace {

using http::HttpReply;
using http::HttpTarget;
using http::TokenCount;

using Clock = http::Pace::Clock;

constexpr int kCircuitLimit = 10;
constexpr std::chrono::milliseconds kBudgetWait{20};
constexpr std::chrono::seconds kPatience{30};  ///< with replies under way when the judge is given
                                               ///< up

Clock::duration seconds(double s) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

/// A pair on its way: in flight, or waiting for its next attempt.
struct Task {
    std::string user;
    Verdict verdict;
    Dialect dialect;                    ///< of the last request
    std::optional<DialectTrial> trial;  ///< a plainer one that this pair tries out
    int n_retries = 0;
    double n_tokens_taken = 0;             ///< of the limit of tokens, for the last request
    std::size_t n_bytes = 0;               ///< of the last request
    TokenCount estimate;                   ///< of the budget, likewise
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
        : setup_(setup), memory_(memory), source_(source), sink_(sink), client_(target(setup)) {
        if (memory_.model_version.empty()) {
            memory_.model_version = setup_.known_version();
        }
    }

    RunResult run(const std::atomic<bool>& cancel) {
        while (!cancel && !stop_) {
            send_due();
            while (!cancel && !stop_ && may_begin()) {
                begin_next(cancel);
            }
            if (tasks_.empty() && (exhausted_ || cancel || stop_)) {
                break;
            }
            receive(wait_time());
        }
        // Replies that arrived meanwhile are paid for: they are not thrown away.
        if (!tasks_.empty()) {
            receive(std::chrono::milliseconds(0));
        }
        if (stop_) {
            wait_for_replies_under_way(cancel);
            std::erase_if(tasks_,
                          // they stay pending
                          [](const auto& entry) { return is_unsent(entry.second); });
            while (!tasks_.empty()) {
                fail_task(tasks_.begin()->first, to_sentence(*stop_));
            }
            return {RunEnd::kStopped, *stop_};
        }
        if (cancel) {
            return {RunEnd::kCancelled, {}};
        }
        if (!answered_ && n_troubles_ > 0) {
            return {RunEnd::kStopped, out_of_reach()};
        }
        return {};
    }

 private:
    static HttpTarget target(const HttpSetup& setup) {
        HttpTarget target = http::target_at(setup.endpoint);
        target.url = setup.request_url;
        target.headers = {"Content-Type: application/json", "Accept: application/json"};
        for (std::string& header : setup.format->headers(setup.endpoint, setup.key)) {
            target.headers.push_back(std::move(header));
        }
        target.timeout_s = setup.spec.api().timeout_s;
        return target;
    }

    [[nodiscard]] std::chrono::milliseconds wait_time() const {
        const auto now = Clock::now();
        const Clock::duration gate = memory_.pace.wait(now);
        // how long a cancellation can go unseen
        Clock::duration wait = std::chrono::milliseconds(100);
        if (gate > Clock::duration::zero()) {
            wait = std::min(wait, gate);
        }
        for (const auto& [id, task] : tasks_) {
            if (task.due) {
                wait = std::min(wait, std::max(*task.due - now, gate));
            }
        }
        return std::chrono::duration_cast<std::chrono::milliseconds>(
                   std::max(wait, Clock::duration::zero())) +
               std::chrono::milliseconds(1);
    }

    [[nodiscard]] bool gate_is_open() const {
        return memory_.pace.wait(Clock::now()) == Clock::duration::zero();
    }
    [[nodiscard]] static bool is_unsent(const Task& task) { return task.verdict.n_attempts == 0; }
    [[nodiscard]] bool any_under_way() const {
        return std::any_of(
            tasks_.begin(), tasks_.end(), [](const auto& entry) { return !entry.second.due; });
    }

    /// No pair is taken that would have to wait: the source may end meanwhile. One can be held back
    /// by the budget.
    [[nodiscard]] bool may_begin() const {
        if (exhausted_ ||
            tasks_.size() >= static_cast<std::size_t>(setup_.spec.api().concurrency)) {
            return false;
        }
        const bool any_held = std::any_of(tasks_.begin(), tasks_.end(), [](const auto& entry) {
            return is_unsent(entry.second);
        });
        return !any_held && gate_is_open();
    }

    void wait_for_replies_under_way(const std::atomic<bool>& cancel) {
        for (const auto end = Clock::now() + kPatience;
             !cancel && any_under_way() && Clock::now() < end;) {
            receive(std::chrono::milliseconds(100));
        }
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
            user = setup_.render(
                setup_.jinja,
                template_variables(pair, setup_.spec.show_contexts, setup_.spec.show_expected));
        } catch (const Error& error) {
            // The renderer heeds the same flag. The pair stays pending, and what others brought is
            // still taken.
            if (error.kind() == ErrorKind::kInterrupted && cancel) {
                return;
            }
            throw;
        }
        Task& begun = tasks_.emplace(id, std::move(task)).first->second;
        if (!user) {
            return fail_task(id,
                             "The judge's prompt cannot be rendered: " + to_sentence(user.error()));
        }
        begun.user = std::move(*user);
        const std::string prompt[] = {std::string(system_text()), begun.user};
        begun.verdict.prompt_sha256 = sha256_of_fields(prompt);
        send(id, begun);
    }

    void send(std::size_t id, Task& task) {
        task.due.reset();
        const Dialect dialect = dialect_of(task.trial, memory_);
        std::string body = setup_.format->request(
            setup_.spec.api(), dialect, system_text(), task.user);
        const TokenCount estimate = memory_.budget.estimate(body.size());
        if (const auto refusal = memory_.budget.refusal(estimate)) {
            return hold_back(id, task, *refusal);
        }
        memory_.budget.take(estimate);
        task.estimate = estimate;
        task.n_bytes = body.size();
        task.dialect = dialect;
        ++task.verdict.n_attempts;
        task.n_tokens_taken = static_cast<double>(body.size()) / kBytesPerToken;
        memory_.pace.take(task.n_tokens_taken, Clock::now());
        client_.post(id, std::move(body));
    }

    /// Replies that are under way may leave more of the budget than was reckoned with. When none
    /// is, this is the end.
    void hold_back(std::size_t id, Task& task, const std::string& refusal) {
        task.due = Clock::now() + kBudgetWait;
        if (any_under_way()) {
            return;
        }
        if (!is_unsent(task)) {
            return fail_task(
                id,
                fmt::format(
                    "{} (no further attempt: the judge was {})", task.verdict.failure, refusal));
        }
        stop(nothing_left(setup_, refusal));
    }

    void send_due() {
        for (auto next = tasks_.begin(); next != tasks_.end();) {
            const std::size_t id = next->first;
            Task& task = next->second;
            ++next;  // what fails is erased
            if (!task.due || *task.due > Clock::now()) {
                continue;
            }
            if (gate_is_open()) {
                send(id, task);
            }
        }
    }

    void receive(std::chrono::milliseconds wait) {
        for (HttpReply& reply : client_.poll(wait)) {
            // Before anything is read or cut out of it: half a key would not be found any more.
            reply.body = setup_.redact(std::move(reply.body));
            reply.trouble = setup_.redact(std::move(reply.trouble));
            handle(reply);
        }
    }

    void handle(const HttpReply& reply) {
        Task& task = tasks_.at(reply.id);
        const int status = reply.status;
        answered_ |= reply.connected;
        heed_limits(reply, task.n_tokens_taken);
        task.verdict.raw = to_valid_utf8(std::string_view(reply.body).substr(0, kMaxErrorBytes));
        if (status == 0) {
            // A request that was sent may have been answered and billed, only nobody heard it.
            memory_.budget.book(task.estimate, reply.connected ? task.estimate : TokenCount{});
            return trouble(reply.id, reply.trouble);
        }
        if (status < 200 || status > 299) {
            memory_.budget.book(task.estimate, {});
            const ServerError error = setup_.format->read_error(reply.body);
            return refused(
                reply,
                status,
                error,
                fmt::format("{} answered {}: {}", setup_.request_url, status, error.message));
        }
        if (const auto in_body = http::find_body_error(reply.body)) {
            memory_.budget.book(task.estimate, in_body->billed ? task.estimate : TokenCount{});
            return refused_in_body(reply, *in_body);
        }
        const auto read = setup_.format->read_reply(reply.body);
        if (!read) {
            memory_.budget.book(task.estimate, task.estimate);
            return trouble(reply.id,
                           setup_.endpoint.host_and_port +
                               ": the reply is not a whole completion document" +
                               http::describe_unread(reply.body));
        }
        n_troubles_ = 0;
        accept(reply.id, *read);
    }

    /// An error in a body whose status says success, by the rules of its code. Without one that is
    /// known it is tried again, as a reply that is none.
    void refused_in_body(const HttpReply& reply, const http::BodyError& in_body) {
        const std::string sentence = in_body_sentence(setup_.request_url, in_body);
        if (in_body.status == 0) {
            return trouble(reply.id, sentence);
        }
        refused(reply, in_body.status, error_in_body(setup_, reply.body, in_body), sentence);
    }

    void refused(const HttpReply& reply,
                 int status,
                 const ServerError& error,
                 const std::string& sentence) {
        n_troubles_ = 0;
        const bool hopeless = is_hopeless(status, error);
        if (hopeless) {
            stop(refusal_to_serve(setup_, setup_.request_url, status, error));
        }
        if (!hopeless && (status == 400 || status == 422)) {
            return bad_request(reply, error, sentence);
        }
        if (http::is_retried(status)) {
            auto wait_s = http::retry_after_seconds(
                reply.retry_after, reply.date, std::time(nullptr));
            if (!wait_s) {
                wait_s = error.retry_after_s;
            }
            return retry(reply.id, sentence, wait_s);
        }
        fail_task(reply.id,
                  status >= 300 && status <= 399
                      ? fmt::format("{} answered {}, a redirect, which is not followed. Give the "
                                    "address that it leads to.",
                                    setup_.request_url,
                                    status)
                      : sentence);
    }

    void heed_limits(const HttpReply& reply, double n_tokens) {
        const auto pause_s = setup_.format->pause_seconds(reply, n_tokens, std::time(nullptr));
        if (!pause_s) {
            return;
        }
        if (*pause_s >= 5) {
            setup_.note(fmt::format("{} lets no request through for {}",
                                    setup_.endpoint.host_and_port,
                                    format_duration(*pause_s)));
        }
        memory_.pace.hold(Clock::now() + seconds(*pause_s));
    }

    void accept(std::size_t id, const ApiReply& reply) {
        Task& task = tasks_.at(id);
        const TokenCount said{static_cast<double>(reply.n_prompt_tokens),
                              static_cast<double>(reply.n_reply_tokens)};
        const bool any_said = said.prompt + said.reply > 0;
        if (any_said) {
            memory_.pace.correct(said.prompt + said.reply - task.n_tokens_taken, Clock::now());
        }
        memory_.budget.book(task.estimate, any_said ? said : task.estimate);
        memory_.budget.learn(task.n_bytes, said.prompt);
        adopt(setup_, task.trial, memory_);
        take_reply(reply, setup_.spec.api(), task.user, task.verdict);
        set_aside_if_cut(setup_, memory_, task.user, task.verdict);
        push(id);
        // The reply is kept as what it is; the next one would be another judge's.
        if (is_another_version(reply.model, setup_.spec.api(), memory_)) {
            stop(another_version(setup_, memory_.model_version, reply.model));
        }
    }

    void bad_request(const HttpReply& reply,
                     const ServerError& error,
                     const std::string& sentence) {
        Task& task = tasks_.at(reply.id);
        if (error.refused) {
            task.verdict.state = VerdictState::kRefused;
            task.verdict.failure = "The provider's content filter withheld the reply: " +
                                   error.message;
            return push(reply.id);
        }
        const RefusedRequest refusal{task.dialect, reply.body, said_of(reply.status, error)};
        if (!try_plainer(setup_, memory_, refusal, task.trial)) {
            return fail_task(reply.id, sentence);
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
        if (++n_troubles_ >= kCircuitLimit) {
            stop(out_of_reach());
        }
        retry(id, sentence, {});
    }

    void retry(std::size_t id, const std::string& sentence, std::optional<double> retry_after_s) {
        Task& task = tasks_.at(id);
        if (task.n_retries >= setup_.spec.api().retries || stop_) {
            return fail_task(id, sentence);
        }
        double wait_s = std::max(http::backoff_seconds(++task.n_retries, task.verdict.item_id),
                                 retry_after_s.value_or(0));
        // Nobody has ever been there: find out soon whether that is a wrong address.
        if (!answered_) {
            wait_s = std::min(wait_s, 1.0);
        }
        if (wait_s >= 5) {
            setup_.note(fmt::format("{}; next attempt in {}", sentence, format_duration(wait_s)));
        }
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
        verdict.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() -
                                                                       found->second.begun)
                                 .count();
        tasks_.erase(found);
        // Wherever the server may have echoed the key.
        for (std::string* text :
             {&verdict.reasoning, &verdict.raw, &verdict.failure, &verdict.model_version}) {
            *text = setup_.redact(*text);
        }
        sink_(verdict);
    }

    void stop(Failure why) {
        if (stop_) {
            return;
        }
        for (std::string* text : {&why.message, &why.place, &why.remedy}) {
            *text = setup_.redact(*text);
        }
        stop_ = std::move(why);
    }

    [[nodiscard]] Failure out_of_reach() const {
        return {
            fmt::format(
                "the judge {} is out of reach, {} requests in a row failed; the last one: {}",
                setup_.spec.name,
                n_troubles_,
                last_trouble_),
            setup_.endpoint.base_url,
            "start its server or mend the address, and run again: only what is missing is judged"};
    }

    const HttpSetup& setup_;
    HttpMemory& memory_;
    const PairSource& source_;
    const std::function<void(const Verdict&)>& sink_;
    http::HttpClient client_;
    std::map<std::size_t, Task> tasks_;  ///< at most spec.concurrency, in the order in which they
                                         ///< were begun
    std::size_t n_begun_ = 0;
    bool exhausted_ = false;
    int n_troubles_ = 0;  ///< transport errors since the last reply
    std::string last_trouble_;
    bool answered_ = false;  ///< a connection was made in this run
    std::optional<Failure> stop_;
};

}  // namespace

RunResult run_http_session(const HttpSetup& setup,
                           HttpMemory& memory,
                           const PairSource& source,
                           const std::function<void(const Verdict&)>& sink,
                           const std::atomic<bool>& cancel) {
    return Session(setup, memory, source, sink).run(cancel);
}

}  // namespace assay::judge
