#include "assay/llm/served_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <map>
#include <utility>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/http/endpoint.hpp"
#include "assay/http/retry.hpp"
#include "assay/http/server_error.hpp"
#include "assay/http/success_body.hpp"
#include "assay/llm/ollama_api.hpp"
#include "assay/llm/openai_api.hpp"
#include "assay/llm/prompt_cut.hpp"
#include "assay/records/judge_provider.hpp"

namespace assay::llm {
namespace {

using Clock = http::Pace::Clock;

constexpr int kCircuitLimit = 10;
constexpr std::size_t kRefusedInARow = 3;
constexpr std::chrono::seconds kLookEvery{2};
constexpr std::chrono::milliseconds kCancelSeenWithin{100};
constexpr std::chrono::milliseconds kBudgetWait{20};

Clock::duration seconds(double s) {
    return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s));
}

std::unique_ptr<const ServedApi> make_api(const ServedSpec& spec) {
    if (spec.provider == "ollama") {
        return make_ollama_api();
    }
    ASSAY_CHECK(spec.provider == "openai");
    return make_openai_api(spec.server);
}

}  // namespace

/// One call of generate().
class ServedGenerator::Session {
 public:
    Session(ServedGenerator& owner,
            const std::function<std::optional<Prompt>()>& next,
            const std::function<void(const Generated&)>& done)
        : owner_(owner),
          next_(next),
          done_(done),
          client_(targets(owner)),
          places_(owner.places_.size()) {}

    void run(const std::atomic<bool>& cancel) {
        while (!cancel) {
            send_due();
            while (may_begin()) {
                begin_next();
            }
            if (tasks_.empty() && exhausted_) {
                break;
            }
            for (const http::HttpReply& reply : client_.poll(wait_time())) {
                handle(reply);
            }
            if (any_held() && Clock::now() - looked_ > kLookEvery) {
                look_again(false);
            }
        }
        if (!cancel) {
            look_again(true);
        }
    }

 private:
    struct InFlight {
        Prompt prompt;
        std::size_t place = 0;
        int n_retries = 0;
        std::size_t n_bytes = 0;               ///< of the last request
        double n_tokens_taken = 0;             ///< of the limit of tokens, for the last request
        http::TokenCount estimate;             ///< of the budget, likewise
        bool tells_tokens = false;             ///< the last request asked for probabilities
        bool held_back = false;                ///< by the budget: not sent
        std::string failure;                   ///< should the last attempt have been the last
        std::optional<Clock::time_point> due;  ///< of the next attempt; empty: under way
    };
    struct Place {
        int n_under_way = 0;
        int n_troubles = 0;           ///< transport errors since its last reply
        std::vector<Generated> held;  ///< its answers since the model was last looked at
    };

    static std::vector<http::HttpTarget> targets(const ServedGenerator& owner) {
        std::vector<http::HttpTarget> out;
        for (const ServedPlace& place : owner.places_) {
            out.push_back(place.target());
        }
        return out;
    }

    [[nodiscard]] bool any_held() const {
        return std::any_of(
            places_.begin(), places_.end(), [](const Place& place) { return !place.held.empty(); });
    }

    [[nodiscard]] std::chrono::milliseconds wait_time() const {
        const Clock::time_point now = Clock::now();
        const Clock::duration gate = owner_.pace_.wait(now);
        Clock::duration wait = kCancelSeenWithin;
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

    /// The place with room that has troubled least and is least busy.
    [[nodiscard]] std::optional<std::size_t> free_place() const {
        std::optional<std::size_t> best;
        const auto rank = [this](std::size_t i) {
            return std::pair(places_[i].n_troubles, places_[i].n_under_way);
        };
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].n_under_way < owner_.options_.spec.concurrency &&
                (!best || rank(i) < rank(*best))) {
                best = i;
            }
        }
        return best;
    }

    [[nodiscard]] bool may_begin() const {
        const std::size_t most = places_.size() *
                                 static_cast<std::size_t>(owner_.options_.spec.concurrency);
        const bool any_held_back = std::any_of(
            tasks_.begin(), tasks_.end(), [](const auto& entry) { return entry.second.held_back; });
        return !exhausted_ && !any_held_back && tasks_.size() < most && gate_is_open() &&
               free_place();
    }

    [[nodiscard]] bool gate_is_open() const {
        return owner_.pace_.wait(Clock::now()) == Clock::duration::zero();
    }
    [[nodiscard]] bool any_under_way() const {
        return std::any_of(places_.begin(), places_.end(), [](const Place& place) {
            return place.n_under_way > 0;
        });
    }

    void begin_next() {
        auto prompt = next_();
        if (!prompt) {
            exhausted_ = true;
            return;
        }
        InFlight task;
        task.prompt = std::move(*prompt);
        const std::size_t id = n_begun_++;
        send(id, tasks_.emplace(id, std::move(task)).first->second, *free_place());
    }

    void send(std::size_t id, InFlight& task, std::size_t place) {
        task.due.reset();
        task.held_back = false;
        task.place = place;
        task.tells_tokens = owner_.tells_tokens_;
        const auto& chat = std::get<ChatTask>(task.prompt.task);
        const ServedQuestion question{owner_.options_.generation,
                                      owner_.facts_,
                                      owner_.options_.spec.model,
                                      chat.user,
                                      chat.seed,
                                      task.tells_tokens};
        std::string body = owner_.api_->request(question);
        const http::TokenCount estimate = owner_.budget_.estimate(body.size());
        if (const auto refusal = owner_.budget_.refusal(estimate)) {
            return hold_back(task, *refusal);
        }
        owner_.budget_.take(estimate);
        task.estimate = estimate;
        task.n_bytes = body.size();
        task.n_tokens_taken = static_cast<double>(body.size()) / kBytesPerToken;
        owner_.pace_.take(task.n_tokens_taken, Clock::now());
        ++places_[place].n_under_way;
        client_.send(id, {.path = owner_.api_->path(), .body = std::move(body), .target = place});
    }

    /// Replies that are under way may leave more of the budget than was reckoned with. When none
    /// is, this is the end: what was answered is handed on, the rest stays unanswered.
    void hold_back(InFlight& task, const std::string& refusal) {
        task.held_back = true;
        task.due = Clock::now() + kBudgetWait;
        if (any_under_way()) {
            return;
        }
        look_again(true);
        owner_.stop({fmt::format("{} was {}", owner_.options_.name, refusal),
                     owner_.places_.front().target().url,
                     "Raise it, or run again: only what is missing is asked."});
    }

    void send_due() {
        for (auto& [id, task] : tasks_) {
            if (!task.due || *task.due > Clock::now() || !gate_is_open()) {
                continue;
            }
            if (const auto place = free_place()) {
                send(id, task, *place);
            }
        }
    }

    void handle(const http::HttpReply& reply) {
        InFlight& task = tasks_.at(reply.id);
        Place& place = places_[task.place];
        --place.n_under_way;
        const std::string& base = owner_.places_[task.place].target().url;
        if (reply.status == 0) {
            // A request that was sent may have been answered and billed, only nobody heard it.
            owner_.budget_.book(task.estimate,
                                reply.connected ? task.estimate : http::TokenCount{});
            return trouble(reply.id, reply.trouble);
        }
        if (reply.status < 200 || reply.status > 299) {
            owner_.budget_.book(task.estimate, {});
            const http::ServerError error = http::read_plain_error(reply.body);
            return refused(reply,
                           reply.status,
                           fmt::format("{}{} answered {}: {}",
                                       base,
                                       owner_.api_->path(),
                                       reply.status,
                                       error.message));
        }
        if (const auto in_body = http::find_body_error(reply.body)) {
            owner_.budget_.book(task.estimate,
                                in_body->billed ? task.estimate : http::TokenCount{});
            const std::string sentence = fmt::format(
                "{}{} answered 200 with an error in its body: {}",
                base,
                owner_.api_->path(),
                in_body->message);
            // Without a code that is known it is tried again, as a reply that is none.
            return in_body->status == 0 ? trouble(reply.id, sentence)
                                        : refused(reply, in_body->status, sentence);
        }
        const auto read = owner_.api_->read_reply(reply.body);
        if (!read) {
            owner_.budget_.book(task.estimate, task.estimate);
            return trouble(reply.id,
                           fmt::format("{}: the reply is not a whole document{}",
                                       owner_.places_[task.place].target().host_and_port,
                                       http::describe_unread(owner_.hide(reply.body))));
        }
        n_troubles_ = 0;
        place.n_troubles = 0;
        book(task, *read);
        take_reply(reply.id, *read);
    }

    void book(const InFlight& task, const ServedReply& reply) {
        const http::TokenCount said{static_cast<double>(reply.n_prompt_tokens),
                                    static_cast<double>(reply.n_answer_tokens)};
        const bool any_said = said.prompt + said.reply > 0;
        if (any_said) {
            owner_.pace_.correct(said.prompt + said.reply - task.n_tokens_taken, Clock::now());
        }
        owner_.budget_.book(task.estimate, any_said ? said : task.estimate);
        owner_.budget_.learn(task.n_bytes, said.prompt);
    }

    /// `status`: the reply's, or what the error in its body stands for.
    void refused(const http::HttpReply& reply, int status, const std::string& sentence) {
        n_troubles_ = 0;
        places_[tasks_.at(reply.id).place].n_troubles = 0;
        if (status == 401 || status == 403 || status == 404) {
            owner_.stop({fmt::format("{}: {}", owner_.options_.name, sentence),
                         {},
                         status == 404 ? fmt::format("Is the model {} still there?",
                                                     owner_.options_.spec.model)
                                       : "Check the key's variable in api-key-env and what "
                                         "the key may be used for."});
        }
        if (tasks_.at(reply.id).tells_tokens && sentence.find("logprob") != std::string::npos) {
            return ask_without_probabilities(reply.id, sentence);
        }
        if (http::is_retried(status)) {
            return retry(
                reply.id,
                sentence,
                http::retry_after_seconds(reply.retry_after, reply.date, std::time(nullptr)));
        }
        fail(reply.id, sentence);
    }

    /// What is under way with the question for them may be refused, too.
    void ask_without_probabilities(std::size_t id, const std::string& sentence) {
        if (std::exchange(owner_.tells_tokens_, false)) {
            owner_.progress_.note(owner_.hide(
                fmt::format("{} tells no probabilities: {}", owner_.options_.name, sentence)));
        }
        tasks_.at(id).due = Clock::now();
    }

    void take_reply(std::size_t id, const ServedReply& reply) {
        const std::string version = owner_.hide(to_valid_utf8(reply.version));
        if (!version.empty() && owner_.reply_version_.empty()) {
            owner_.reply_version_ = version;
        }
        if (!version.empty() && owner_.reply_version_ != version) {
            owner_.stop(
                {fmt::format(
                     "{} has changed: its replies named the model \"{}\" and now name \"{}\"",
                     owner_.options_.name,
                     shorten(owner_.reply_version_, 100),
                     shorten(version, 100)),
                 {},
                 "Answers of two models are not one variant's: name a fixed version as its model, "
                 "and use another --run."});
        }
        stop_if_cut(id, reply.n_prompt_tokens);
        AnswerResult answer;
        answer.text = owner_.hide(reply.text);
        answer.stop_reason = reply.stop_reason;
        answer.n_prompt_tokens = reply.n_prompt_tokens;
        answer.n_answer_tokens = reply.n_answer_tokens;
        answer.decode_ms = reply.decode_ms;
        if (answer.text == reply.text) {  // else its tokens spell what was hidden
            answer.told = reply.tokens;
        }
        Generated generated;
        generated.failure = reply.failure;
        generated.n_computed_tokens = reply.n_computed_tokens;
        generated.prefill_ms = reply.prefill_ms;
        generated.result = std::move(answer);
        any_answered_ = true;
        hold(id, std::move(generated));
    }

    /// An answer to a part of a prompt is none to the question, and nobody knows which earlier ones
    /// were.
    void stop_if_cut(std::size_t id, std::int64_t n_prompt_tokens) {
        const auto& chat = std::get<ChatTask>(tasks_.at(id).prompt.task);
        if (const auto cut = prompt_cut_.look(chat.user, n_prompt_tokens)) {
            owner_.stop({fmt::format("{}: {}", owner_.options_.name, *cut),
                         {},
                         "Then use another --run: answers that are there may be to cut prompts, "
                         "too."});
        }
    }

    void hold(std::size_t id, Generated generated) {
        const auto found = tasks_.find(id);
        generated.id = found->second.prompt.id;
        const std::size_t place = found->second.place;
        tasks_.erase(found);
        places_[place].held.push_back(std::move(generated));
    }

    void fail(std::size_t id, const std::string& sentence) {
        Generated failed;
        failed.failure = owner_.hide(sentence);
        hold(id, std::move(failed));
        // Refused from the first one on: it is the setting that is wrong, not the questions.
        if (!any_answered_ && ++n_refused_ >= kRefusedInARow) {
            owner_.stop(
                {fmt::format(
                     "{}: the first {} questions failed, and none was answered; the last one: {}",
                     owner_.options_.name,
                     n_refused_,
                     sentence),
                 {},
                 "Nothing of that is kept; mend it and run again."});
        }
    }

    /// A connection that was not made or broke, a timeout, a reply that is not one.
    void trouble(std::size_t id, const std::string& sentence) {
        ++places_[tasks_.at(id).place].n_troubles;
        if (++n_troubles_ >= kCircuitLimit) {
            out_of_reach(sentence);
        }
        retry(id, sentence, {});
    }

    void retry(std::size_t id, const std::string& sentence, std::optional<double> retry_after_s) {
        InFlight& task = tasks_.at(id);
        if (task.n_retries >= owner_.options_.spec.retries) {
            return fail(id, sentence);
        }
        double wait_s = std::max(http::backoff_seconds(++task.n_retries, task.prompt.id),
                                 retry_after_s.value_or(0));
        if (!any_answered_ && !retry_after_s) {
            wait_s = std::min(wait_s, 1.0);  // find out soon whether anybody is there
        }
        if (wait_s >= 5) {
            owner_.progress_.note(owner_.hide(fmt::format("{}: {}; next attempt in {}",
                                                          owner_.options_.name,
                                                          sentence,
                                                          format_duration(wait_s))));
        }
        task.failure = sentence;
        task.due = Clock::now() + seconds(wait_s);
    }

    [[noreturn]] void out_of_reach(const std::string& sentence) const {
        owner_.stop(
            {fmt::format("{} is out of reach, {} requests in a row failed; the last one: {}",
                         owner_.options_.name,
                         n_troubles_,
                         sentence),
             {},
             "Start its server or mend the address, and run again: only what is missing is "
             "asked."});
    }

    /// Hands on what is held of each address that still tells of the same model. `last`: an address
    /// that does not answer stops the run; before, what is held there waits.
    void look_again(bool last) {
        looked_ = Clock::now();
        for (std::size_t i = 0; i < places_.size(); ++i) {
            if (places_[i].held.empty()) {
                continue;
            }
            const auto facts = owner_.api_->look(owner_.places_[i], owner_.options_.spec.model);
            if (!facts && !last) {
                continue;
            }
            if (!facts) {
                Failure why = facts.error();
                why.message = fmt::format(
                    "{}: {} answers were not taken, as the server cannot be asked any more which "
                    "model made them: {}",
                    owner_.options_.name,
                    places_[i].held.size(),
                    why.message);
                owner_.stop(std::move(why));
            }
            if (*facts != owner_.facts_) {
                owner_.stop({fmt::format("{} has changed while it answered: it was {}, and now {}",
                                         owner_.options_.name,
                                         describe(owner_.facts_),
                                         describe(*facts)),
                             owner_.places_[i].target().url,
                             "Answers of two models are not one variant's. Run again: what the new "
                             "one has not answered is asked anew."});
            }
            for (const Generated& generated : std::exchange(places_[i].held, {})) {
                done_(generated);
            }
        }
    }

    ServedGenerator& owner_;
    const std::function<std::optional<Prompt>()>& next_;
    const std::function<void(const Generated&)>& done_;
    http::HttpClient client_;
    std::vector<Place> places_;
    std::map<std::size_t, InFlight> tasks_;  ///< in the order in which they were begun
    std::size_t n_begun_ = 0;
    bool exhausted_ = false;
    bool any_answered_ = false;
    std::size_t n_refused_ = 0;
    PromptCut prompt_cut_;
    int n_troubles_ = 0;  ///< transport errors since the last reply of any address
    Clock::time_point looked_ = Clock::now();
};

ServedGenerator::ServedGenerator(Options options,
                                 const std::atomic<bool>& cancel,
                                 Progress& progress)
    : options_(std::move(options)),
      progress_(progress),
      api_(make_api(options_.spec)),
      tells_tokens_(options_.tells_tokens),
      pace_(static_cast<double>(options_.spec.requests_per_minute),
            static_cast<double>(options_.spec.tokens_per_minute),
            Clock::now()),
      budget_(options_.spec, options_.generation.predict) {
    const ServedSpec& spec = options_.spec;
    const JudgeProvider* provider = find_judge_provider(spec.provider);
    ASSAY_CHECK(provider != nullptr && !spec.urls.empty() && !spec.model.empty());
    const std::string place = "variant " + options_.name;
    if (lacks_prices(spec)) {
        throw_usage("max-cost needs price-input or price-output", place);
    }
    for (const std::string& url : spec.urls) {
        auto endpoint = http::parse_endpoint(url);
        if (!endpoint) {
            throw Error(ErrorKind::kUsage,
                        {endpoint.error().message, place, endpoint.error().remedy});
        }
        auto key = http::find_key({place, spec.provider, spec.api_key_env}, *endpoint);
        if (!key) {
            throw Error(ErrorKind::kUsage, key.error());
        }
        http::HttpTarget target = http::target_at(*endpoint);
        target.url = api_->base(endpoint->base_url);
        target.headers = {"Content-Type: application/json", "Accept: application/json"};
        for (std::string& header : http::key_headers(*endpoint, *key)) {
            target.headers.push_back(std::move(header));
        }
        target.timeout_s = spec.timeout_s;
        if (!key->empty() && !endpoint->encrypted && !endpoint->loopback) {
            progress_.note(fmt::format(
                "{}: the key travels unencrypted to {}", place, endpoint->host_and_port));
        }
        places_.emplace_back(std::move(target), cancel, !endpoint->azure);
        keys_.push_back(std::move(*key));
    }
}

ServedGenerator::~ServedGenerator() = default;

const ServedFacts& ServedGenerator::connect() {
    for (std::size_t i = 0; i < places_.size(); ++i) {
        auto facts = api_->look(places_[i], options_.spec.model);
        if (!facts) {
            Failure why = facts.error();
            why.message = fmt::format("{}: {}", options_.name, why.message);
            stop(std::move(why));
        }
        if (i == 0) {
            facts_ = std::move(*facts);
        }
        if (i > 0 && *facts != facts_) {
            throw_usage(
                hide(fmt::format("{} is not the same model everywhere: {} has {}, and {} has {}",
                                 options_.name,
                                 places_[0].target().url,
                                 describe(facts_),
                                 places_[i].target().url,
                                 describe(*facts))),
                {},
                "Addresses of one variant must run one model; make two variants of them.");
        }
    }
    const std::vector<std::string> complaints = api_->complaints(options_.generation, facts_);
    if (!complaints.empty()) {
        throw_usage(fmt::format("{}: {}", options_.name, fmt::join(complaints, "\n")),
                    places_.front().target().url);
    }
    return facts_;
}

std::string ServedGenerator::fingerprint() const {
    std::vector<std::string> fields{"served 1",
                                    options_.spec.provider,
                                    facts_.server,
                                    facts_.server_version,
                                    facts_.digest,
                                    facts_.weights,
                                    facts_.quantization,
                                    facts_.chat_template,
                                    facts_.parameters,
                                    facts_.system,
                                    std::to_string(facts_.size_bytes),
                                    std::to_string(facts_.n_parameters)};
    if (facts_.digest.empty()) {
        fields.push_back(options_.spec.model);
        std::vector<std::string> urls;
        for (const ServedPlace& place : places_) {
            urls.push_back(place.target().url);
        }
        std::sort(urls.begin(), urls.end());
        fields.insert(fields.end(), urls.begin(), urls.end());
    }
    for (const ServedAdapter& adapter : facts_.adapters) {
        fields.push_back(
            fmt::format("LoRA adapter {}: {}, scale {}", adapter.id, adapter.path, adapter.scale));
    }
    return sha256_of_fields(fields);
}

void ServedGenerator::generate(const std::function<std::optional<Prompt>()>& next,
                               const std::function<void(const Generated&)>& done,
                               const std::atomic<bool>& cancel) {
    Session(*this, next, done).run(cancel);
}

std::string ServedGenerator::hide(std::string text) const {
    for (const std::string& key : keys_) {
        text = http::redact(std::move(text), key);
    }
    return text;
}

void ServedGenerator::stop(Failure why) const {
    for (std::string* text : {&why.message, &why.place, &why.remedy}) {
        *text = hide(std::move(*text));
    }
    throw Error(ErrorKind::kOperational, std::move(why));
}

}  // namespace assay::llm
