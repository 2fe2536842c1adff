// Starts assay-engine, speaks to it over two pipes, and says how it died.
//
// Problem. The engine runs somebody else's code, which may abort, be killed or hang. assay must
// notice each of these at once, must not be harmed by it, and must leave no process behind.
//
// Model. A child with fixed descriptors: requests come to its 3, replies leave from its 4, and what
// it prints goes into an anonymous file that is read when it has died. Every other descriptor is
// close-on-exec, so that a pipe has two ends and no third: its end of file means that the other
// side is gone.
//
// Invariant. Once the child was reaped (`status_` is set), nothing is sent to its process id, which
// may be another process's by then.
//
// Why it ends. The child ends by itself when its pipe is closed (engine/inbox.cpp) or its parent
// dies (PR_SET_PDEATHSIG). The destructor closes the pipes, waits two seconds, and then kills.

#include "assay/llm/engine_process.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/llm/machine_load.hpp"

extern char** environ;

namespace assay::llm {
namespace {

/// Descriptors of the engine's side. Fixed, so that nothing else needs to be inherited.
constexpr int kEngineIn = 3;
constexpr int kEngineOut = 4;

// How long a thread of libgomp spins for the next piece of work before it sleeps. On a quiet
// machine longer is up to a tenth faster; beside one busy process it is many times slower
// (docs/benchmarks.md).
constexpr int kSpinAlone = 30000;
constexpr int kSpinAmongOthers = 1000;
constexpr double kQuietCores = 0.25;
constexpr std::chrono::milliseconds kLoadSample{60};

bool machine_is_quiet() {
    const auto busy = busy_cores(kLoadSample);
    return busy && *busy < kQuietCores;
}

std::vector<std::string> engine_environment() {
    std::vector<std::string> out;
    bool chosen_by_user = false;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        if (text.starts_with("GOMP_SPINCOUNT=") || text.starts_with("OMP_WAIT_POLICY=")) {
            chosen_by_user = true;
        }
        // The engine speaks to nobody: no key may end in its memory dump.
        if (text.find("_API_KEY=") != std::string_view::npos) {
            continue;
        }
        out.emplace_back(text);
    }
    if (!chosen_by_user) {
        out.push_back(
            fmt::format("GOMP_SPINCOUNT={}", machine_is_quiet() ? kSpinAlone : kSpinAmongOthers));
    }
    out.emplace_back("GGML_NO_BACKTRACE=1");
    return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (std::string& string : strings) {
        out.push_back(string.data());
    }
    out.push_back(nullptr);
    return out;
}

}  // namespace

std::filesystem::path find_engine(const std::string& path) {
    std::error_code error;
    const std::filesystem::path found = path.empty()
                                            ? std::filesystem::read_symlink("/proc/self/exe", error)
                                                      .parent_path() /
                                                  "assay-engine"
                                            : std::filesystem::path(path);
    if (!std::filesystem::is_regular_file(found, error)) {
        throw_operational("the engine is not there",
                          found.string(),
                          "Build it with `make build`, or name it with --engine PATH.");
    }
    return found;
}

EngineProcess::EngineProcess(const std::filesystem::path& program) {
    std::array<int, 2> down{-1, -1}, up{-1, -1};
    log_ = ::memfd_create("assay-engine-log", MFD_CLOEXEC);
    if (log_ < 0 || ::pipe2(down.data(), O_CLOEXEC) != 0 || ::pipe2(up.data(), O_CLOEXEC) != 0) {
        throw_operational(fmt::format("no pipe to the engine: {}", std::strerror(errno)));
    }
    // dup2 onto itself would keep close-on-exec: lift the ends above the engine's fixed numbers
    // first.
    const int child_in = ::fcntl(down[0], F_DUPFD_CLOEXEC, 10);
    const int child_out = ::fcntl(up[1], F_DUPFD_CLOEXEC, 10);
    const int child_log = ::fcntl(log_, F_DUPFD_CLOEXEC, 10);
    ::close(down[0]);
    ::close(up[1]);
    to_ = down[1];
    from_ = up[0];

    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, child_log, 1);
    posix_spawn_file_actions_adddup2(&actions, child_log, 2);
    posix_spawn_file_actions_adddup2(&actions, child_in, kEngineIn);
    posix_spawn_file_actions_adddup2(&actions, child_out, kEngineOut);
    std::vector<std::string> arguments{
        program.string(), "--pipe", std::to_string(kEngineIn), std::to_string(kEngineOut)};
    std::vector<std::string> environment = engine_environment();
    const int error = ::posix_spawn(&pid_,
                                    program.c_str(),
                                    &actions,
                                    nullptr,
                                    pointers_to(arguments).data(),
                                    pointers_to(environment).data());
    posix_spawn_file_actions_destroy(&actions);
    ::close(child_in);
    ::close(child_out);
    ::close(child_log);
    if (error != 0) {
        pid_ = -1;
        throw_operational(fmt::format("the engine cannot be started: {}", std::strerror(error)),
                          program.string());
    }
}

EngineProcess::~EngineProcess() {
    if (to_ >= 0) {
        ::close(to_);
    }
    if (from_ >= 0) {
        ::close(from_);
    }
    for (int i = 0; i < 200 && pid_ > 0 && !status_; ++i) {
        reap(false);
        if (!status_) {
            ::usleep(10'000);
        }
    }
    kill();
    if (log_ >= 0) {
        ::close(log_);
    }
}

void EngineProcess::kill() {
    if (pid_ <= 0 || status_) {
        return;
    }
    ::kill(pid_, SIGKILL);
    reap(true);
}

void EngineProcess::reap(bool wait) {
    if (pid_ <= 0 || status_) {
        return;
    }
    int status = 0;
    pid_t got = 0;
    do {
        got = ::waitpid(pid_, &status, wait ? 0 : WNOHANG);
    } while (got < 0 && errno == EINTR);
    if (got == pid_) {
        status_ = status;
    }
}

bool EngineProcess::send(const wire::Frame& frame) {
    return !status_ && wire::write_frame(to_, frame).has_value();
}

EngineProcess::Event EngineProcess::receive(wire::Frame& frame, int timeout_ms) {
    pollfd waiting{from_, POLLIN, 0};
    const int ready = ::poll(&waiting, 1, timeout_ms);
    if (ready < 0 && errno != EINTR) {
        throw_operational(fmt::format("waiting for the engine failed: {}", std::strerror(errno)));
    }
    if (ready <= 0) {
        return Event::kTimeout;
    }
    auto got = wire::read_frame(from_);
    if (got && *got) {
        frame = std::move(**got);
        return Event::kFrame;
    }
    kill();  // its pipe is closed or broken: whatever is left of it is of no use
    return Event::kDied;
}

std::string EngineProcess::last_words() {
    reap(false);
    std::string how = "ended";
    if (status_ && WIFSIGNALED(*status_)) {
        const int signal = WTERMSIG(*status_);
        how = fmt::format("was killed by signal {} ({}){}",
                          signal,
                          ::strsignal(signal),
                          signal == SIGKILL ? ": out of memory, or by hand" : "");
    } else if (status_ && WIFEXITED(*status_)) {
        how = fmt::format("ended with exit code {}", WEXITSTATUS(*status_));
    }
    constexpr off_t kTail = 2000;
    const off_t size = ::lseek(log_, 0, SEEK_END);
    std::string tail(static_cast<std::size_t>(std::clamp<off_t>(size, 0, kTail)), '\0');
    const ssize_t got = ::pread(log_, tail.data(), tail.size(), std::max<off_t>(0, size - kTail));
    tail.resize(static_cast<std::size_t>(std::max<ssize_t>(0, got)));
    const std::string_view said = trim(tail);
    if (said.empty()) {
        return how;
    }
    const std::size_t last_line = said.rfind('\n');
    return fmt::format(
        "{}; it last said: {}",
        how,
        shorten(last_line == std::string_view::npos ? said : said.substr(last_line + 1), 300));
}

}  // namespace assay::llm
