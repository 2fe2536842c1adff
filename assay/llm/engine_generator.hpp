#pragma once

#include <deque>
#include <filesystem>
#include <map>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/llm/engine_tasks.hpp"
#include "assay/llm/generator.hpp"

namespace assay::llm {

/// Generates with assay-engine, one process for one model. When the process dies (abort, kill, out
/// of memory), what was in flight is tried again alone in a fresh process; a prompt that kills it
/// alone twice is given up, the others are not harmed. Prompts that were given up are pushed once
/// the engine has answered something after them: one that answers nothing is to blame itself.
class EngineGenerator final : public Generator {
 public:
    struct Options {
        std::filesystem::path program;
        wire::Load load;
        AnswerDefaults answers;
    };
    EngineGenerator(Options options, const std::atomic<bool>& cancel, Progress& progress);

    /// Loads the model. Throws Error if it cannot be loaded.
    wire::Loaded load();
    /// Makes the context. Throws Error if it cannot be made.
    wire::Started start(const wire::Start& start);

    void generate(const std::function<std::optional<Prompt>()>& next,
                  const std::function<void(const Generated&)>& done,
                  const std::atomic<bool>& cancel) override;

    /// The largest VmHWM that a process of this model reported, 0 before the first answer.
    [[nodiscard]] std::uint64_t peak_memory_bytes() const { return peak_memory_bytes_; }

 private:
    struct InFlight {
        Prompt prompt;
        int deaths_alone = 0;
    };
    using Done = std::function<void(const Generated&)>;
    [[nodiscard]] std::uint64_t submit(const Prompt& prompt, bool alone);
    bool send(InFlight item, bool alone);
    void send_what_fits(const std::function<std::optional<Prompt>()>& next);
    void take(const Engine::Event& event, const Done& done);
    void forget_all();
    void restart();
    void after_death(const std::string& reason);
    void push_given_up(const Done& done);
    void push_given_up_if_engine_answers(const Done& done, const std::atomic<bool>& cancel);
    [[nodiscard]] bool answers_anything(const std::atomic<bool>& cancel);

    Options options_;
    Progress& progress_;
    Engine engine_;
    wire::Start start_;
    std::map<std::uint64_t, InFlight> in_flight_;
    std::deque<InFlight> retries_;     ///< to be tried alone
    std::vector<Generated> given_up_;  ///< since the last answer; not pushed yet
    std::string last_death_;
    std::uint64_t peak_memory_bytes_ = 0;
    Task last_task_;          ///< what the last prompt wanted
    bool exhausted_ = false;  ///< there are no more prompts
    int idle_deaths_ = 0;     ///< in a row, with nothing in flight
};

}  // namespace assay::llm
