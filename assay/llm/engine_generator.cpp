// Generates with a process that may die at any prompt, and blames no prompt for another's death.
//
// Problem. llama.cpp aborts on some inputs, and the system kills what takes too much memory. Up to
// twice as many prompts as slots are in flight then, and a death does not say which one it was.
//
// Model. A prompt is in one of five places: not pulled yet, in flight, to be tried again alone,
// given up, or pushed into `done`. After a death everything that was in flight is tried again, one
// at a time, in a fresh process. A prompt on which the process dies alone twice is given up. What
// is given up is pushed as failed only once the engine has done something else after it: an engine
// that does nothing at all is to blame itself, and then no prompt is stored as failed. If nothing
// else is left to do, the smallest task of the same kind is asked for to tell the two apart.
//
// Invariant. Each prompt that was pulled is pushed exactly once, or generate() is left by an Error
// or by `cancel`. What a task is does not matter here: engine_tasks.cpp knows.
//
// Why it ends. Each death moves at least one prompt on (from in flight to alone, from alone to one
// death more, from there to given up), and no prompt moves back. Deaths with nothing in flight are
// counted, and a few in a row are an Error.

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
constexpr int kNextMs = 100;

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
    return engine_.submit(request_of(prompt, alone, options_.answers));
}

bool EngineGenerator::send(InFlight item, bool alone) {
    last_task_ = item.prompt.task;
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

void EngineGenerator::push_given_up(const Done& done) {
    for (const Generated& generated : std::exchange(given_up_, {})) {
        done(generated);
    }
}

/// Several prompts in a row that were given up may all be bad, or the engine is broken (out of
/// memory, a damaged file): then they are left as they were, to be asked again when it works. A
/// short harmless prompt tells the two apart. With nothing in flight.
void EngineGenerator::push_given_up_if_engine_answers(const Done& done,
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
    if (!cancel) {
        push_given_up(done);
    }
}

/// True also when it was interrupted before that was known.
bool EngineGenerator::answers_anything(const std::atomic<bool>& cancel) {
    auto tokens = engine_.tokenize(kHarmless);
    if (!tokens) {
        return false;
    }
    const std::uint64_t id = submit(smallest_like(last_task_, std::move(*tokens)), true);
    while (!cancel) {
        const Engine::Event event = engine_.next(kNextMs);
        if (event.kind == Engine::Event::Kind::kDied) {
            return false;
        }
        if (event.kind != Engine::Event::Kind::kNothing && event.id == id) {
            return event.kind != Engine::Event::Kind::kFailed;
        }
    }
    return true;
}

/// One of what is to be tried alone, or prompts until there are enough in flight.
void EngineGenerator::send_what_fits(const std::function<std::optional<Prompt>()>& next) {
    if (!retries_.empty()) {
        if (in_flight_.empty()) {
            InFlight item = std::move(retries_.front());
            retries_.pop_front();
            send(std::move(item), true);
        }
        return;
    }
    // Twice the slots: a freed slot finds its next prompt in the engine's own queue.
    const std::size_t most_in_flight = 2 * static_cast<std::size_t>(start_.n_slots);
    while (!exhausted_ && in_flight_.size() < most_in_flight) {
        std::optional<Prompt> prompt = next();
        if (!prompt) {
            exhausted_ = true;
            return;
        }
        const bool alone = prompt->alone;
        if (!send({std::move(*prompt), 0}, alone)) {
            return;
        }
    }
}

/// Pushes what the engine has done or failed to do.
void EngineGenerator::take(const Engine::Event& event, const Done& done) {
    const auto found = in_flight_.find(event.id);
    if (found == in_flight_.end()) {
        return;
    }
    Generated generated;
    if (event.kind == Engine::Event::Kind::kFailed) {
        generated.failure = to_sentence(event.failure);
    } else {
        generated = result_of(event.done);
        peak_memory_bytes_ = std::max(peak_memory_bytes_, llm::peak_memory_bytes(event.done));
        push_given_up(done);  // the engine does something else: they are to blame themselves
    }
    generated.id = found->second.prompt.id;
    in_flight_.erase(found);
    done(generated);
}

void EngineGenerator::forget_all() {
    in_flight_.clear();
    retries_.clear();
    given_up_.clear();
}

void EngineGenerator::generate(const std::function<std::optional<Prompt>()>& next,
                               const Done& done,
                               const std::atomic<bool>& cancel) {
    exhausted_ = false;
    while (true) {
        if (cancel) {
            engine_.stop();
            forget_all();
            return;
        }
        if (given_up_.size() >= kGivenUpInARow && in_flight_.empty()) {
            push_given_up_if_engine_answers(done, cancel);
        }
        send_what_fits(next);
        if (in_flight_.empty() && retries_.empty() && exhausted_) {
            push_given_up_if_engine_answers(done, cancel);
            return;
        }
        const Engine::Event event = engine_.next(kNextMs);
        switch (event.kind) {
            case Engine::Event::Kind::kNothing: break;
            case Engine::Event::Kind::kDied: after_death(event.failure.message); break;
            case Engine::Event::Kind::kFailed:
            case Engine::Event::Kind::kDone: take(event, done); break;
        }
    }
}

}  // namespace assay::llm
