// The pairs of a judge, asked through its provider's batch API: hours pass between question and
// reply, and assay may be ended and started again at any moment.
//
// Every pair is a task: unsent, submitted, or done. The journal, which is on disk, knows which
// pairs stand in which batch. A batch gets its label and its entry in the journal before it is
// submitted and its id afterwards, so that no request is paid for twice: where assay was ended
// between the two, the provider's batches are searched for the label or, where it keeps none, for
// our ids in their results.
//
// Invariant: a pair of an entry is never submitted again while its batch may still give a result;
// an entry ends when its results were taken, when the provider has lost the batch (then its pairs
// are submitted once more), or when the batch failed. What could exceed the budget is never sent.
//
// It ends because each round submits what is unsent, waits until a batch has ended, and takes its
// results: the number of open tasks falls, but for the pairs that are released. A pair is released
// at most once for a lost batch, and otherwise only where the dialect has become plainer since it
// was sent, which can happen a few times. An error that concerns all pairs stops the judge.

#include "assay/judge/batch_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <map>
#include <optional>
#include <random>
#include <thread>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/http/retry.hpp"
#include "assay/http/success_body.hpp"
#include "assay/judge/batch_format.hpp"
#include "assay/judge/batch_journal.hpp"
#include "assay/judge/dialect_trial.hpp"
#include "assay/judge/http_replies.hpp"
#include "assay/judge/prompt.hpp"

namespace assay::judge {
namespace {

using http::HttpReply;
using http::HttpTarget;
using http::TokenCount;

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostRequests = 10000;  ///< of one batch; OpenAI allows 50,000, Anthropic
                                              ///< 100,000
constexpr int kMostPages = 1000;              ///< of a list of batches
constexpr std::size_t kMostReplyBytes = 512u << 20;
constexpr double kFirstPoll = 1.0 / 12, kPollGrowth = 1.5;

bool is_success(int status) {
    return status >= 200 && status <= 299;
}

struct Task {
    enum class State { kUnsent, kSubmitted, kDone };
    std::string user;
    Verdict verdict;
    Dialect dialect;                    ///< of the last request
    std::optional<DialectTrial> trial;  ///< a plainer one that this pair tries out
    State state = State::kUnsent;
    std::size_t n_bytes = 0;
    std::optional<TokenCount> estimate;  ///< of the budget; empty: it was submitted by an earlier
                                         ///< run
};

class BatchSession {
 public:
    BatchSession(const HttpSetup& setup,
                 HttpMemory& memory,
                 const std::function<void(const Verdict&)>& sink,
                 const std::atomic<bool>& cancel)
        : setup_(setup),
          format_(*setup.format->batches()),
          memory_(memory),
          sink_(sink),
          cancel_(cancel),
          journal_(setup.journal),
          client_(target(setup)) {
        if (memory_.model_version.empty()) {
            memory_.model_version = setup_.known_version();
        }
    }

    RunResult run(const PairSource& source) {
        take_pairs(source);
        recognise_submitted();
        while (going()) {
            submit_unsent();
            if (!going() || open_labels().empty()) {
                break;
            }
            wait_for_batches();
        }
        if (cancel_ && !open_labels().empty()) {
            setup_.note("its batches go on; the same command fetches their results");
        }
        if (cancel_) {
            return {RunEnd::kCancelled, {}};
        }
        if (stop_) {
            return {RunEnd::kStopped, *stop_};
        }
        return {};
    }

 private:
    static HttpTarget target(const HttpSetup& setup) {
        HttpTarget target = http::target_at(setup.endpoint);
        target.headers = setup.format->headers(setup.endpoint, setup.key);
        target.headers.push_back("Accept: application/json");
        target.timeout_s = setup.spec.api().timeout_s;
        target.most_reply_bytes = kMostReplyBytes;
        return target;
    }

    [[nodiscard]] bool going() const { return !cancel_ && !stop_; }

    void stop(Failure why) {
        if (stop_) {
            return;
        }
        for (std::string* text : {&why.message, &why.place, &why.remedy}) {
            *text = setup_.redact(*text);
        }
        stop_ = std::move(why);
    }

    // Requests.

    void wait(double wait_s) const {
        const auto until = Clock::now() + std::chrono::duration_cast<Clock::duration>(
                                              std::chrono::duration<double>(wait_s));
        while (!cancel_ && Clock::now() < until) {
            std::this_thread::sleep_for(
                std::min<Clock::duration>(std::chrono::milliseconds(50), until - Clock::now()));
        }
    }

    http::HttpReply once(const http::HttpRequest& request) {
        const std::size_t id = ++n_requests_;
        client_.send(id, request);
        while (!cancel_) {
            for (http::HttpReply& reply : client_.poll(std::chrono::milliseconds(50))) {
                if (reply.id != id) {
                    continue;
                }
                reply.body = setup_.redact(std::move(reply.body));
                reply.trouble = setup_.redact(std::move(reply.trouble));
                return std::move(reply);
            }
        }
        return {};
    }

    [[nodiscard]] std::string address_of(const HttpRequest& request) const {
        return setup_.endpoint.base_url + request.path;
    }
    [[nodiscard]] ServerError error_of(const HttpReply& reply) const {
        ServerError error = setup_.format->read_error(reply.body);
        if (reply.status == 0) {
            error.message = reply.trouble;
        }
        return error;
    }
    [[nodiscard]] std::string sentence_of(const http::HttpRequest& request,
                                          const http::HttpReply& reply) const {
        if (reply.status == 0) {
            return reply.trouble;
        }
        return fmt::format(
            "{} answered {}: {}", address_of(request), reply.status, error_of(reply).message);
    }
    [[nodiscard]] static double wait_of(const HttpReply& reply,
                                        const ServerError& error,
                                        int n_failed) {
        const auto asked = http::retry_after_seconds(
            reply.retry_after, reply.date, std::time(nullptr));
        return std::max(http::backoff_seconds(n_failed, "batch"),
                        asked.value_or(error.retry_after_s.value_or(0)));
    }

    /// The reply to a request that may be repeated: a success, or a refusal that the caller reads.
    /// Nothing: cancelled, or the judge stops.
    std::optional<http::HttpReply> call(const http::HttpRequest& request) {
        for (int n_failed = 1; going(); ++n_failed) {
            http::HttpReply reply = once(request);
            if (cancel_) {
                return {};
            }
            const http::ServerError error = error_of(reply);
            if (!is_success(reply.status) && reply.status != 404 &&
                is_hopeless(reply.status, error)) {
                stop(refusal_to_serve(setup_, address_of(request), reply.status, error));
                return {};
            }
            if (reply.status != 0 && !http::is_retried(reply.status)) {
                return reply;
            }
            if (n_failed > setup_.spec.api().retries) {
                give_up(request, reply);
                return {};
            }
            wait(wait_of(reply, error, n_failed));
        }
        return {};
    }

    void give_up(const http::HttpRequest& request, const http::HttpReply& reply) {
        stop({fmt::format("the judge {} cannot go on with its batches: {}",
                          setup_.spec.name,
                          sentence_of(request, reply)),
              setup_.endpoint.base_url,
              "run again: a batch that was submitted is found and not submitted twice"});
    }

    // Pairs.

    void take_pairs(const PairSource& source) {
        while (!cancel_) {
            const auto pair = source();
            if (!pair) {
                return;
            }
            Task task;
            task.verdict.item_id = pair->item_id;
            Result<std::string> user;
            try {
                user = setup_.render(
                    setup_.jinja,
                    template_variables(
                        *pair, setup_.spec.show_contexts, setup_.spec.show_expected));
            } catch (const Error& error) {
                if (error.kind() == ErrorKind::kInterrupted && cancel_) {
                    return;  // the renderer heeds the same flag
                }
                throw;
            }
            number_of_.emplace(pair->item_id, tasks_.size());
            if (user) {
                task.user = std::move(*user);
                const std::string prompt[] = {std::string(system_text()), task.user};
                task.verdict.prompt_sha256 = sha256_of_fields(prompt);
            }
            tasks_.push_back(std::move(task));
            if (!user) {
                fail(tasks_.back(),
                     "The judge's prompt cannot be rendered: " + to_sentence(user.error()));
            }
        }
    }

    Task* task_of(const BatchItem& item) {
        const auto found = number_of_.find(item.item_id);
        if (found == number_of_.end()) {
            return nullptr;
        }
        Task& task = tasks_[found->second];
        return task.verdict.prompt_sha256 == item.prompt_sha256 && task.state != Task::State::kDone
                   ? &task
                   : nullptr;
    }

    /// Whether a batch has anything that is asked for now.
    bool is_open(const BatchEntry& entry) {
        return std::any_of(entry.items.begin(), entry.items.end(), [this](const BatchItem& item) {
            return task_of(item) != nullptr;
        });
    }
    std::vector<std::string> open_labels() {
        std::vector<std::string> labels;
        for (const BatchEntry& entry : journal_.entries()) {
            if (is_open(entry)) {
                labels.push_back(entry.label);
            }
        }
        return labels;
    }
    BatchEntry& entry(const std::string& label) {
        const auto found = std::find_if(journal_.entries().begin(),
                                        journal_.entries().end(),
                                        [&](const BatchEntry& e) { return e.label == label; });
        ASSAY_CHECK(found != journal_.entries().end());
        return *found;
    }
    void forget(const std::string& label) {
        entry(label).items.clear();
        journal_.save();
    }

    // Submitting.

    /// Batches of earlier runs, those that may never have been submitted included.
    void recognise_submitted() {
        for (const std::string& label : open_labels()) {
            if (!going()) {
                return;
            }
            if (entry(label).id.empty()) {
                const auto id = find(entry(label));
                if (!going()) {
                    return;
                }
                if (!id) {
                    forget(label);
                    continue;
                }
                entry(label).id = *id;
                journal_.save();
            }
            setup_.note(fmt::format("goes on with batch {}", entry(label).id));
            mark_submitted(entry(label));
        }
    }

    void mark_submitted(const BatchEntry& entry) {
        for (const BatchItem& item : entry.items) {
            Task* task = task_of(item);
            if (!task) {
                continue;
            }
            task->state = Task::State::kSubmitted;
            ++task->verdict.n_attempts;
        }
    }

    void submit_unsent() {
        std::string refusal;
        while (going() && refusal.empty()) {
            std::vector<std::size_t> numbers;
            std::vector<BatchRequest> requests;
            std::size_t n_bytes = 0;
            const std::string label = fmt::format("assay-{:08x}{:08x}", random_(), random_());
            for (std::size_t i = 0; i < tasks_.size() && requests.size() < kMostRequests; ++i) {
                Task& task = tasks_[i];
                if (task.state != Task::State::kUnsent) {
                    continue;
                }
                const Dialect dialect = dialect_of(task.trial, memory_);
                std::string body = setup_.format->request(
                    setup_.spec.api(), dialect, system_text(), task.user);
                const TokenCount estimate = memory_.budget.estimate(body.size());
                refusal = memory_.budget.refusal(estimate).value_or("");
                if (!refusal.empty() ||
                    (!requests.empty() && n_bytes + body.size() > format_.most_bytes())) {
                    break;
                }
                memory_.budget.take(estimate);
                task.estimate = estimate;
                task.n_bytes = body.size();
                task.dialect = dialect;
                n_bytes += body.size();
                requests.push_back({fmt::format("{}-{}", label, numbers.size()), std::move(body)});
                numbers.push_back(i);
            }
            if (requests.empty()) {
                break;
            }
            submit(label, numbers, requests);
        }
        // What is under way may leave more of the budget than was reckoned with.
        if (!refusal.empty() && going() && open_labels().empty()) {
            stop(nothing_left(setup_, refusal));
        }
    }

    void submit(const std::string& label,
                const std::vector<std::size_t>& numbers,
                const std::vector<BatchRequest>& requests) {
        BatchEntry intent{label, {}, {}, static_cast<std::int64_t>(requests.size()), {}};
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const Verdict& verdict = tasks_[numbers[i]].verdict;
            intent.items.push_back({i, verdict.item_id, verdict.prompt_sha256});
        }
        if (!format_.keeps_labels()) {
            intent.newest_before = newest_batch();
        }
        if (!going()) {
            return;
        }
        journal_.entries().push_back(std::move(intent));
        journal_.save();
        // From here on a crash leaves an entry that is looked for.
        std::string uploaded;
        if (const auto upload = format_.upload(label, requests)) {
            const auto reply = call(*upload);
            if (!reply) {
                return;
            }
            if (!is_success(reply->status)) {
                return refuse_batch(label, *upload, *reply);
            }
            uploaded = reply->body;
        }
        const auto request = format_.submit(
            setup_.request_url.substr(setup_.endpoint.base_url.size()), label, requests, uploaded);
        if (!request) {
            forget(label);
            return stop({fmt::format("the judge {} cannot be asked in batches: the reply to the "
                                     "upload names no file",
                                     setup_.spec.name),
                         setup_.endpoint.base_url,
                         "leave batch out"});
        }
        for (int n_failed = 1; going(); ++n_failed) {
            const http::HttpReply reply = once(*request);
            if (cancel_) {
                return;
            }
            std::optional<BatchInfo> info;
            if (is_success(reply.status)) {
                info = format_.read_batch(reply.body);
            }
            if (info) {
                return remember(label, info->id);
            }
            const bool refused = reply.status >= 400 && reply.status <= 499 &&
                                 (!http::is_retried(reply.status) || reply.status == 429);
            if (refused && reply.status != 429) {
                return refuse_batch(label, *request, reply);
            }
            if (!refused) {
                // It may have been accepted, and only the reply was lost.
                const auto id = find(entry(label));
                if (!going()) {
                    return;
                }
                if (id) {
                    return remember(label, *id);
                }
            }
            if (n_failed > setup_.spec.api().retries) {
                forget(label);
                return give_up(*request, reply);
            }
            wait(wait_of(reply, error_of(reply), n_failed));
        }
    }

    void remember(const std::string& label, const std::string& id) {
        entry(label).id = id;
        journal_.save();
        mark_submitted(entry(label));
        setup_.note(
            fmt::format("{} requests are in batch {}; results come within 24 hours. Ctrl-C leaves "
                        "it there, and the same command fetches them",
                        entry(label).n_requests,
                        id));
    }

    /// The whole batch was refused: nothing was submitted.
    void refuse_batch(const std::string& label,
                      const http::HttpRequest& request,
                      const http::HttpReply& reply) {
        forget(label);
        const ServerError error = error_of(reply);
        if (is_hopeless(reply.status, error)) {
            return stop(refusal_to_serve(setup_, address_of(request), reply.status, error));
        }
        stop({fmt::format(
                  "the judge {} takes no batch: {}", setup_.spec.name, sentence_of(request, reply)),
              setup_.endpoint.base_url,
              "mend that, or leave batch out"});
    }

    std::string newest_batch() {
        const HttpRequest request = format_.list();
        const auto page = read_page(request);
        return page && !page->batches.empty() ? page->batches.front().id : "";
    }

    std::optional<BatchPage> read_page(const http::HttpRequest& request) {
        const auto reply = call(request);
        if (!reply) {
            return {};
        }
        std::optional<BatchPage> page;
        if (is_success(reply->status)) {
            page = format_.read_page(reply->body);
        }
        if (!page) {
            give_up(request, *reply);
        }
        return page;
    }

    /// The id of a batch that was submitted under this entry, if the provider has one.
    std::optional<std::string> find(const BatchEntry& wanted) {
        for (int n_looks = 0; n_looks < 2 && going(); ++n_looks) {
            if (n_looks > 0) {
                wait(setup_.spec.api().batch_poll_s * kFirstPoll);  // a list can lag behind
            }
            std::optional<HttpRequest> request = format_.list();
            for (int n_pages = 0; request && n_pages < kMostPages && going(); ++n_pages) {
                const auto page = read_page(*request);
                if (!page) {
                    return {};
                }
                request = page->next;
                for (const BatchInfo& info : page->batches) {
                    if (!format_.keeps_labels() && info.id == wanted.newest_before) {
                        request.reset();
                        break;
                    }
                    if (format_.keeps_labels() ? info.label == wanted.label
                                               : has_our_results(info, wanted)) {
                        return info.id;
                    }
                    if (!going()) {
                        return {};
                    }
                }
            }
        }
        return {};
    }

    /// Where no label is kept: the custom ids in its results show it, once it has ended.
    bool has_our_results(BatchInfo info, const BatchEntry& wanted) {
        if (info.n_requests != wanted.n_requests) {
            return false;
        }
        for (const BatchEntry& other : journal_.entries()) {
            if (other.id == info.id) {
                return false;
            }
        }
        const HttpRequest look = format_.look(info.id);
        for (double wait_s = setup_.spec.api().batch_poll_s * kFirstPoll;
             info.phase == BatchPhase::kWaiting;
             wait_s = std::min(setup_.spec.api().batch_poll_s, wait_s * kPollGrowth)) {
            wait(wait_s);
            const auto reply = call(look);
            if (!reply) {
                return false;
            }
            const auto read = format_.read_batch(reply->body);
            if (!read) {
                return false;
            }
            info = *read;
        }
        for (const BatchResult& result : results_of(info, wanted.label)) {
            if (result.custom_id.starts_with(wanted.label + "-")) {
                return true;
            }
        }
        return false;
    }

    // Results.

    void wait_for_batches() {
        double wait_s = setup_.spec.api().batch_poll_s * kFirstPoll;
        std::int64_t n_open = -1;
        while (going()) {
            double asked_s = 0;
            for (const std::string& label : open_labels()) {
                if (going()) {
                    asked_s = std::max(asked_s, look(label));
                }
            }
            const auto n_now = static_cast<std::int64_t>(open_labels().size());
            if (!going() || n_now == 0 || (n_open >= 0 && n_now < n_open)) {
                return;  // what is over may have left something to submit
            }
            n_open = n_now;
            wait(std::max(wait_s, asked_s));
            wait_s = std::min(setup_.spec.api().batch_poll_s, wait_s * kPollGrowth);
        }
    }

    /// Gives the seconds that the server asks to wait for.
    double look(const std::string& label) {
        const HttpRequest request = format_.look(entry(label).id);
        const auto reply = call(request);
        if (!reply) {
            return 0;
        }
        if (reply->status == 404) {
            lose(label);
            return 0;
        }
        std::optional<BatchInfo> info;
        if (is_success(reply->status)) {
            info = format_.read_batch(reply->body);
        }
        if (!info) {
            give_up(request, *reply);
            return 0;
        }
        if (info->phase == BatchPhase::kFailed) {
            fail_batch(label, *info);
        }
        if (info->phase == BatchPhase::kEnded) {
            collect(label, *info);
        }
        return http::retry_after_seconds(reply->retry_after, reply->date, std::time(nullptr))
            .value_or(0);
    }

    /// The provider does not know the batch any more. Once it may be that it was kept too long; a
    /// second time it would be so for ever.
    void lose(const std::string& label) {
        const std::string sentence = fmt::format("batch {} is not there any more", entry(label).id);
        setup_.note(sentence + ": what is missing of it is submitted again, once");
        for (const BatchItem& item : std::vector<BatchItem>(entry(label).items)) {
            Task* task = task_of(item);
            if (!task) {
                continue;
            }
            if (task->verdict.n_attempts < 2) {
                release(*task);
            } else {
                book(*task, task->estimate.value_or(TokenCount{}));
                fail(*task, sentence);
            }
        }
        forget(label);
    }

    void fail_batch(const std::string& label, const BatchInfo& info) {
        const std::string sentence = fmt::format(
            "batch {} failed: {}", info.id, info.why.empty() ? "it does not say why" : info.why);
        const std::vector<BatchItem> items = entry(label).items;
        for (const BatchItem& item : items) {
            if (Task* task = task_of(item)) {
                book(*task, {});
                fail(*task, sentence);
            }
        }
        forget(label);
        stop({fmt::format("the judge {} stopped: {}", setup_.spec.name, sentence),
              setup_.endpoint.base_url,
              "mend that, or leave batch out, and run again"});
    }

    std::vector<BatchResult> results_of(const BatchInfo& info, const std::string& label) {
        std::vector<BatchResult> out;
        for (const http::HttpRequest& request : info.results) {
            const auto reply = call(request);
            if (!reply) {
                return {};
            }
            if (!is_success(reply->status)) {
                give_up(request, *reply);
                return {};
            }
            for (BatchResult& result : format_.read_results(label, reply->body)) {
                out.push_back(std::move(result));
            }
        }
        return out;
    }

    void collect(const std::string& label, const BatchInfo& info) {
        const std::vector<BatchResult> results = results_of(info, label);
        if (!going()) {
            return;
        }
        std::map<std::string, const BatchResult*> by_id;
        for (const BatchResult& result : results) {
            by_id.emplace(result.custom_id, &result);
        }
        std::vector<BatchItem> left;
        for (const BatchItem& item : std::vector<BatchItem>(entry(label).items)) {
            Task* task = task_of(item);
            const auto found = by_id.find(fmt::format("{}-{}", label, item.number));
            if (!task) {
                left.push_back(item);  // of another plan; nobody asks for it now
            } else if (found == by_id.end()) {
                book(*task, {});
                fail(*task, fmt::format("Batch {} ended without a result for it.", info.id));
            } else {
                take_result(*task, *found->second);
            }
        }
        entry(label).items = std::move(left);
        journal_.save();
    }

    void book(Task& task, const TokenCount& used) {
        if (task.estimate) {
            memory_.budget.book(*task.estimate, used);
        }
        task.estimate.reset();
    }

    void take_result(Task& task, const BatchResult& result) {
        task.verdict.raw = to_valid_utf8(std::string_view(result.body).substr(0, kMaxErrorBytes));
        if (result.status == 0) {
            book(task, {});
            return fail(task, result.why);
        }
        if (!is_success(result.status)) {
            book(task, {});
            return take_error(
                task, result.status, setup_.format->read_error(result.body), result.body);
        }
        if (const auto in_body = http::find_body_error(result.body)) {
            book(task, in_body->billed ? task.estimate.value_or(TokenCount{}) : TokenCount{});
            return take_error(
                task, in_body->status, error_in_body(setup_, result.body, *in_body), result.body);
        }
        const auto read = setup_.format->read_reply(result.body);
        if (!read) {
            book(task, task.estimate.value_or(TokenCount{}));
            return fail(task,
                        "The result in the batch is not a whole completion document" +
                            http::describe_unread(result.body) + ".");
        }
        adopt(setup_, task.trial, memory_);
        const TokenCount said{static_cast<double>(read->n_prompt_tokens),
                              static_cast<double>(read->n_reply_tokens)};
        book(task, said.prompt + said.reply > 0 ? said : task.estimate.value_or(TokenCount{}));
        memory_.budget.learn(task.n_bytes, said.prompt);
        take_reply(*read, setup_.spec.api(), task.user, task.verdict);
        set_aside_if_cut(setup_, memory_, task.user, task.verdict);
        push(task);
        if (is_another_version(read->model, setup_.spec.api(), memory_)) {
            stop(another_version(setup_, memory_.model_version, read->model));
        }
    }

    void take_error(Task& task,
                    int status,
                    const http::ServerError& error,
                    const std::string& body) {
        const std::string sentence = fmt::format(
            "In a batch it was answered with {}: {}",
            status == 0 ? std::string("an error") : std::to_string(status),
            error.message);
        if (error.refused) {
            task.verdict.state = VerdictState::kRefused;
            task.verdict.failure = "The provider's content filter withheld the reply: " +
                                   error.message;
            return push(task);
        }
        if (is_hopeless(status, error)) {
            stop(refusal_to_serve(setup_, setup_.request_url, status, error));
        }
        if (status != 400 && status != 422) {
            return fail(task, sentence);
        }
        const RefusedRequest refusal{task.dialect, body, said_of(status, error)};
        if (!try_plainer(setup_, memory_, refusal, task.trial)) {
            return fail(task, sentence);
        }
        release(task);
    }

    /// It is to be submitted again.
    void release(Task& task) {
        book(task, {});
        task.state = Task::State::kUnsent;
    }

    void fail(Task& task, const std::string& sentence) {
        task.verdict.state = VerdictState::kError;
        task.verdict.failure = sentence;
        push(task);
    }

    void push(Task& task) {
        task.state = Task::State::kDone;
        Verdict verdict = std::move(task.verdict);
        verdict.elapsed_ms = std::chrono::duration<double, std::milli>(Clock::now() - begun_)
                                 .count();
        for (std::string* text :
             {&verdict.reasoning, &verdict.raw, &verdict.failure, &verdict.model_version}) {
            *text = setup_.redact(*text);
        }
        sink_(verdict);
    }

    const HttpSetup& setup_;
    const BatchFormat& format_;
    HttpMemory& memory_;
    const std::function<void(const Verdict&)>& sink_;
    const std::atomic<bool>& cancel_;
    BatchJournal journal_;
    http::HttpClient client_;
    std::vector<Task> tasks_;
    std::map<std::string, std::size_t> number_of_;  ///< item id -> place in tasks_
    std::size_t n_requests_ = 0;
    std::random_device random_;
    const Clock::time_point begun_ = Clock::now();
    std::optional<Failure> stop_;
};

}  // namespace

RunResult run_batch_session(const HttpSetup& setup,
                            HttpMemory& memory,
                            const PairSource& source,
                            const std::function<void(const Verdict&)>& sink,
                            const std::atomic<bool>& cancel) {
    return BatchSession(setup, memory, sink, cancel).run(source);
}

}  // namespace assay::judge
