#include "assay/llm/engine_generator.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace assay::llm {
namespace {

constexpr int kDeathsAlone = 2;      ///< after which a prompt is blamed
constexpr int kGivenUpInARow = 3;    ///< after which the model is blamed
constexpr int kPollMs = 100;

}  // namespace

EngineGenerator::EngineGenerator(Options options, const std::atomic<bool>& cancel, Progress& progress)
    : options_(std::move(options)), progress_(progress), engine_(options_.program, cancel) {}

wire::Loaded EngineGenerator::load() {
    auto loaded = engine_.load(options_.load);
    if (!loaded) throw Error(ErrorKind::kOperational, loaded.error());
    return *loaded;
}

wire::Started EngineGenerator::start(const wire::Start& start) {
    start_ = start;
    auto started = engine_.start(start);
    if (!started) throw Error(ErrorKind::kOperational, started.error());
    return *started;
}

void EngineGenerator::restart() {
    load();
    start(start_);
}

bool EngineGenerator::send(InFlight item, bool alone) {
    wire::AnswerRequest request{item.prompt.tokens, options_.sampling, options_.predict, item.prompt.stops, item.prompt.n_prefix, alone};
    request.sampling.seed = item.prompt.seed;
    const std::uint64_t id = engine_.submit(request);
    if (id == 0) {
        retries_.push_back(std::move(item));  // the death itself is noticed by the next receive
        return false;
    }
    in_flight_.emplace(id, std::move(item));
    return true;
}

void EngineGenerator::after_death(const std::string& reason, const std::function<void(const Generated&)>& done) {
    const bool was_alone = in_flight_.size() == 1 && (in_flight_.begin()->second.prompt.alone || in_flight_.begin()->second.deaths_alone > 0);
    progress_.note(fmt::format("{}; trying again what was in flight ({}), each alone", reason, in_flight_.size()));
    for (auto& [id, item] : in_flight_) {
        if (was_alone) {
            ++item.deaths_alone;
        } else {
            item.prompt.alone = true;
        }
        if (item.deaths_alone >= kDeathsAlone) {
            Generated failed;
            failed.id = item.prompt.id;
            failed.failure = fmt::format("the engine died on it {} times, alone: {}", item.deaths_alone, reason);
            done(failed);
            if (++given_up_in_a_row_ >= kGivenUpInARow) {
                throw_operational(fmt::format("the engine dies on every question: {}", reason), options_.load.path,
                                  "Is there memory enough (`assay doctor`)? Answers so far are kept; the same command goes on from there.");
            }
        } else {
            retries_.push_back(std::move(item));
        }
    }
    if (in_flight_.empty() && ++given_up_in_a_row_ > kGivenUpInARow) throw_operational(fmt::format("the engine dies before it is asked anything: {}", reason), options_.load.path);
    in_flight_.clear();
    restart();
}

void EngineGenerator::generate(const std::function<std::optional<Prompt>()>& next, const std::function<void(const Generated&)>& done, const std::atomic<bool>& cancel) {
    // Twice the slots: a freed slot finds its next prompt in the engine's own queue.
    const std::size_t most_in_flight = 2 * static_cast<std::size_t>(start_.n_slots);
    bool exhausted = false;
    while (true) {
        if (cancel) {
            engine_.stop();
            in_flight_.clear();
            retries_.clear();
            return;
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
                if (!send({std::move(*prompt), 0}, alone)) break;
            }
        }
        if (in_flight_.empty() && retries_.empty() && exhausted) return;

        const Engine::Event event = engine_.next(kPollMs);
        if (event.kind == Engine::Event::Kind::kNothing) continue;
        if (event.kind == Engine::Event::Kind::kDied) {
            after_death(event.failure.message, done);
            continue;
        }
        const auto found = in_flight_.find(event.id);
        if (found == in_flight_.end()) continue;
        Generated generated;
        generated.id = found->second.prompt.id;
        in_flight_.erase(found);
        if (event.kind == Engine::Event::Kind::kFailed) {
            generated.failure = to_sentence(event.failure);
        } else {
            generated.text = event.done.text;
            generated.tokens = event.done.tokens;
            generated.stop_reason = event.done.stop_reason == "stop" ? StopReason::kStop : StopReason::kLength;
            generated.trace_sha256 = event.done.trace_sha256;
            generated.n_computed_tokens = event.done.n_computed_tokens;
            generated.prefill_ms = event.done.prefill_ms;
            generated.decode_ms = event.done.decode_ms;
            peak_memory_bytes_ = std::max(peak_memory_bytes_, event.done.peak_memory_bytes);
            given_up_in_a_row_ = 0;
        }
        done(generated);
    }
}

}  // namespace assay::llm
