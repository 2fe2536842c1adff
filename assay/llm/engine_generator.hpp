#pragma once

#include <deque>
#include <filesystem>
#include <map>

#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/llm/generator.hpp"

namespace assay::llm {

/// Generates with assay-engine, one process for one model. When the process dies (abort, kill, out of memory), what was in flight
/// is tried again alone in a fresh process; a prompt that kills it alone twice is given up, the others are not harmed.
class EngineGenerator final : public Generator {
   public:
    struct Options {
        std::filesystem::path program;
        wire::Load load;
        wire::Sampling sampling;  ///< seed is each prompt's own
        int predict = 128;
    };
    EngineGenerator(Options options, const std::atomic<bool>& cancel, Progress& progress);

    /// Loads the model. Throws Error if it cannot be loaded.
    wire::Loaded load();
    /// Makes the context. Throws Error if it cannot be made.
    wire::Started start(const wire::Start& start);

    void generate(const std::function<std::optional<Prompt>()>& next, const std::function<void(const Generated&)>& done, const std::atomic<bool>& cancel) override;

    /// The largest VmHWM that a process of this model reported, 0 before the first answer.
    [[nodiscard]] std::uint64_t peak_memory_bytes() const { return peak_memory_bytes_; }

   private:
    struct InFlight {
        Prompt prompt;
        int deaths_alone = 0;
    };
    bool send(InFlight item, bool alone);
    void restart();
    void after_death(const std::string& reason, const std::function<void(const Generated&)>& done);

    Options options_;
    Progress& progress_;
    Engine engine_;
    wire::Start start_;
    std::map<std::uint64_t, InFlight> in_flight_;
    std::deque<InFlight> retries_;  ///< to be tried alone
    std::uint64_t peak_memory_bytes_ = 0;
    int given_up_in_a_row_ = 0;
};

}  // namespace assay::llm
