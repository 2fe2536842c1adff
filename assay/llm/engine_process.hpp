#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "assay/wire/frame.hpp"

namespace assay::llm {

/// assay-engine as `path` names it, or beside this program. Throws Error if it is not there.
[[nodiscard]] std::filesystem::path find_engine(const std::string& path);

/// A running assay-engine: two pipes to it, and what it printed.
/// It is started with exec, never a bare fork (libgomp is not fork-safe), with an environment in
/// which libgomp's threads do not spin for long (one competing process would slow a small model a
/// hundredfold) and ggml does not fork a debugger.
class EngineProcess {
 public:
    /// Throws Error if the program cannot be started.
    explicit EngineProcess(const std::filesystem::path& program);
    /// Closes the pipes; the engine ends by itself; it is killed if it does not within two seconds.
    ~EngineProcess();
    EngineProcess(const EngineProcess&) = delete;
    EngineProcess& operator=(const EngineProcess&) = delete;

    /// False if the engine is gone.
    bool send(const wire::Frame& frame);
    enum class Event { kFrame, kTimeout, kDied };
    /// Waits for a frame at most `timeout_ms`.
    Event receive(wire::Frame& frame, int timeout_ms);
    void kill();
    /// After kDied: "was killed by signal 6 (Aborted); it last said: ..." .
    [[nodiscard]] std::string last_words();

 private:
    int to_ = -1;
    int from_ = -1;
    int log_ = -1;  ///< anonymous file that takes its stdout and stderr
    int pid_ = -1;
    std::optional<int> status_;

    void reap(bool wait);
};

}  // namespace assay::llm
