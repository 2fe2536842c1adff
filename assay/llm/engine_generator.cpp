#include "assay/llm/engine_generator.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace assay::llm {
namespace {

constexpr int kDeathsAlone = 2;            ///< after which a prompt is blamed
constexpr std::size_t kGivenUpInARow = 3;  ///< after which it is asked whether the engine answers
                                           ///< anything at all
constexpr int kIdleDeaths = 3;
constexpr const char* kHarmless = "Hello there";
constexpr int kPollMs = 100;

}  // namespace

EngineGenerator::EngineGenerator(Options options,
                                 const std::atomic<bool>& cancel,
                                 Progress& progress)
    : options_(std::move(options)), progress_(progress), engine_(options_.program, cancel) {}

wire::Loaded EngineGenerator::load() {
    auto loaded = engine_.load(options_.load);
    if (!loaded) {
        throw Error(ErrorKind::kOperational, loaded.error());
    }
    return *loaded;
}

wire::Started EngineGenerator::start(const wire::Start& start) {
    start_ = start;
    auto started = engine_.start(start);
    if (!started) {
        throw Error(ErrorKind::kOperational, started.error());
    }
    return *started;
}

void EngineGenerator::restart() {
    load();
    start(start_);
}

std::uint64_t EngineGenerator::submit(const Prompt& prompt, bool alone) {
    if (!prompt.labels.empty()) {
        return engine_.submit(wire::LabelRequest{
            prompt.tokens, prompt.labels, prompt.n_prefix, alone, prompt.n_longer_prefix});
    }
    wire::AnswerRequest request{prompt.tokens,
                                options_.sampling,
                                prompt.predict > 0 ? prompt.predict : options_.predict,
                                prompt.stops,
                                prompt.n_prefix,
                                alone,
                                prompt.grammar};
    request.sampling.seed = prompt.seed;
    return engine_.submit(request);
}

bool EngineGenerator::send(InFlight item, bool alone) {
    wants_labels_ = !item.prompt.labels.empty();
    const std::uint64_t id = submit(item.prompt, alone);
    if (id == 0) {
        retries_.push_back(std::move(item));  // the death itself is noticed by the next receive
        return false;
    }
    in_flight_.emplace(id, std::move(item));
    return true;
}

void EngineGenerator::after_death(const std::string& reason) {
    last_death_ = reason;
    const bool was_alone = in_flight_.size() == 1 && (in_flight_.begin()->second.prompt.alone ||
                                                      in_flight_.begin()->second.deaths_alone > 0);
    progress_.note(fmt::format(
        "{}; trying again what was in flight ({}), each alone", reason, in_flight_.size()));
    for (auto& [id, item] : in_flight_) {
        if (was_alone) {
            ++item.deaths_alone;
        } else {
            item.prompt.alone = true;
        }
        if (item.deaths_alone >= kDeathsAlone) {
            Generated failed;
            failed.id = item.prompt.id;
            failed.failure = fmt::format(
                "the engine died on it {} times, alone: {}", item.deaths_alone, reason);
            given_up_.push_back(std::move(failed));
        } else {
            retries_.push_back(std::move(item));
        }
    }
    if (!in_flight_.empty()) {
        idle_deaths_ = 0;
    } else if (++idle_deaths_ > kIdleDeaths) {
        throw_operational(fmt::format("the engine dies before it is asked anything: {}", reason),
                          options_.load.path);
    }
    in_flight_.clear();
    restart();
}

/// Several prompts in a row that were given up may all be bad, or the engine is broken (out of
/// memory, a damaged file): then they are left as they were, to be asked again when it works. A
/// short harmless prompt tells the two apart. With nothing in flight.
void EngineGenerator::settle_given_up(const std::function<void(const Generated&)>& done,
                                      const std::atomic<bool>& cancel) {
    if (given_up_.empty()) {
        return;
    }
    if (!answers_anything(cancel)) {
        throw_operational(fmt::format("the engine dies on every question: {}", last_death_),
                          options_.load.path,
                          "Is there memory enough (`assay doctor`)? Answers so far are kept; the "
                          "same command goes on from there.");
    }
    if (cancel) {
        return;
    }
    for (const Generated& generated : given_up_) {
        done(generated);
    }
    given_up_.clear();
}

/// True also when it was interrupted before that was known.
bool EngineGenerator::answers_anything(const std::atomic<bool>& cancel) {
    const auto tokens = engine_.tokenize(kHarmless);
    if (!tokens) {
        return false;
    }
    Prompt harmless{.id = {}, .tokens = *tokens, .stops = {}, .predict = 1};
    if (wants_labels_) {
        harmless.labels = {tokens->front()};
    }
    const std::uint64_t id = submit(harmless, true);
    while (!cancel) {
        const Engine::Event event = engine_.next(kPollMs);
        if (event.kind == Engine::Event::Kind::kDied) {
            return false;
        }
        if (event.kind != Engine::Event::Kind::kNothing && event.id == id) {
            return event.kind != Engine::Event::Kind::kFailed;
        }
    }
    return true;
}

void EngineGenerator::generate(const std::function<std::optional<Prompt>()>& next,
                               const std::function<void(const Generated&)>& done,
                               const std::atomic<bool>& cancel) {
    // Twice the slots: a freed slot finds its next prompt in the engine's own queue.
    const std::size_t most_in_flight = 2 * static_cast<std::size_t>(start_.n_slots);
    bool exhausted = false;
    while (true) {
        if (cancel) {
            engine_.stop();
            in_flight_.clear();
            retries_.clear();
            given_up_.clear();
            return;
        }
        if (given_up_.size() >= kGivenUpInARow && in_flight_.empty()) {
            settle_given_up(done, cancel);
        }
        if (!retries_.empty()) {
            if (in_flight_.empty()) {
                InFlight item = std::move(retries_.front());
                retries_.pop_front();
                send(std::move(item), true);
            }
        } else {
            while (!exhausted && in_flight_.size() < most_in_flight) {
                std::optional<Prompt> prompt = next();
                if (!prompt) {
                    exhausted = true;
                    break;
                }
                const bool alone = prompt->alone;
                if (!send({std::move(*prompt), 0}, alone)) {
                    break;
                }
            }
        }
        if (in_flight_.empty() && retries_.empty() && exhausted) {
            settle_given_up(done, cancel);
            return;
        }

        const Engine::Event event = engine_.next(kPollMs);
        if (event.kind == Engine::Event::Kind::kNothing) {
            continue;
        }
        if (event.kind == Engine::Event::Kind::kDied) {
            after_death(event.failure.message);
            continue;
        }
        const auto found = in_flight_.find(event.id);
        if (found == in_flight_.end()) {
            continue;
        }
        Generated generated;
        generated.id = found->second.prompt.id;
        in_flight_.erase(found);
        if (event.kind == Engine::Event::Kind::kFailed) {
            generated.failure = to_sentence(event.failure);
        } else if (event.kind == Engine::Event::Kind::kLabels) {
            generated.label_log_probs = event.labels.log_probs;
            generated.stop_reason = StopReason::kStop;
            generated.n_computed_tokens = event.labels.n_computed_tokens;
            generated.prefill_ms = event.labels.prefill_ms;
            peak_memory_bytes_ = std::max(peak_memory_bytes_, event.labels.peak_memory_bytes);
            for (const Generated& bad : std::exchange(given_up_, {})) {
                done(bad);
            }
        } else {
            generated.text = event.done.text;
            generated.tokens = event.done.tokens;
            generated.stop_reason = event.done.stop_reason == "stop" ? StopReason::kStop
                                                                     : StopReason::kLength;
            generated.trace_sha256 = event.done.trace_sha256;
            generated.n_computed_tokens = event.done.n_computed_tokens;
            generated.prefill_ms = event.done.prefill_ms;
            generated.decode_ms = event.done.decode_ms;
            peak_memory_bytes_ = std::max(peak_memory_bytes_, event.done.peak_memory_bytes);
            for (const Generated& bad : std::exchange(given_up_, {})) {
                done(bad);
            }
        }
        done(generated);
    }
}

}  // namespace assay::llm
