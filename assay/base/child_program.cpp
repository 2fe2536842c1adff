// Runs a foreign program once.
//
// Problem: it may be missing, fail, hang, print without end, or leave processes of its own behind
// that hold its output open.
//
// Model: a child in a process group of its own. What it prints goes into pipes: of what it says the
// last kilobytes are kept, of what it is run for (`output`) all, up to a limit. While it runs, the
// pipes are emptied, and the time and `cancel` are looked at ten times a second.
//
// Invariant: behind every way out the group was killed and the child reaped. It ends because the
// time is limited, what is read after the child's end is limited, and a killed child can be reaped.

#include "assay/base/child_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string_view>
#include <utility>

#include "assay/base/text.hpp"

extern char** environ;

namespace assay {
namespace {

using ChildClock = std::chrono::steady_clock;

constexpr int kLookMs = 100;
constexpr std::size_t kKeptBytes = 16'384;
constexpr std::size_t kKeptLines = 5;
constexpr std::size_t kLineCharacters = 300;

std::string_view name_of(std::string_view variable) {
    return variable.substr(0, variable.find('='));
}

std::vector<std::string> child_environment(const std::vector<std::string>& own) {
    std::vector<std::string> out = own;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string_view text = *entry;
        const bool replaced = std::any_of(own.begin(), own.end(), [&](const std::string& each) {
            return name_of(each) == name_of(text);
        });
        if (!replaced && !name_of(text).ends_with("_API_KEY")) {
            out.emplace_back(text);
        }
    }
    return out;
}

std::vector<char*> null_terminated(std::vector<std::string>& strings) {
    std::vector<char*> out;
    for (std::string& string : strings) {
        out.push_back(string.data());
    }
    out.push_back(nullptr);
    return out;
}

/// What the child prints, from its end of a pipe to ours.
class ChildPipe {
 public:
    /// `most`: bytes that are kept.
    enum class Keep { kBeginning, kEnd };
    ChildPipe(Keep keep, std::size_t most) : keep_(keep), most_(most) {}
    ~ChildPipe() {
        close_end(0);
        close_end(1);
    }
    ChildPipe(const ChildPipe&) = delete;
    ChildPipe& operator=(const ChildPipe&) = delete;

    /// 0 or an errno.
    [[nodiscard]] int open() { return ::pipe2(ends_.data(), O_CLOEXEC) == 0 ? 0 : errno; }
    [[nodiscard]] int childs_end() const { return ends_[1]; }
    void close_childs_end() { close_end(1); }

    /// For poll(); ignored there once the pipe has ended.
    [[nodiscard]] pollfd waiting() const { return {ends_[0], POLLIN, 0}; }

    /// Reads what is there, at most a fixed amount a call. Waits where there is nothing.
    void take() {
        std::array<char, 65536> bytes{};
        const ssize_t n = ::read(ends_[0], bytes.data(), bytes.size());
        if (n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN)) {
            close_end(0);
        }
        if (n <= 0) {
            return;
        }
        kept_.append(bytes.data(), static_cast<std::size_t>(n));
        if (kept_.size() <= most_) {
            return;
        }
        was_more_ = true;
        if (keep_ == Keep::kEnd) {
            kept_.erase(0, kept_.size() - most_);
        } else {
            kept_.resize(most_);
        }
    }

    /// What is left of a group that was killed; a process that left the group may hold the pipe
    /// open, so it is not waited for.
    void take_the_rest() {
        constexpr int kMostReads = 64;
        for (int i = 0; i < kMostReads; ++i) {
            pollfd left = waiting();
            if (::poll(&left, 1, 0) <= 0) {
                return;
            }
            take();
        }
    }

    [[nodiscard]] bool was_more() const { return was_more_; }
    [[nodiscard]] std::string release() { return std::move(kept_); }

 private:
    void close_end(std::size_t which) {
        if (ends_[which] >= 0) {
            ::close(ends_[which]);
            ends_[which] = -1;
        }
    }

    const Keep keep_;
    const std::size_t most_;
    std::array<int, 2> ends_{-1, -1};
    std::string kept_;
    bool was_more_ = false;
};

/// Starts it with stdout in `output` and stderr in `talk`; 0 or an errno.
int spawn_in_a_group(const ChildProgram& program, int output, int talk, pid_t& pid) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, output, 1);
    posix_spawn_file_actions_adddup2(&actions, talk, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    posix_spawnattr_setpgroup(&attributes, 0);
    std::vector<std::string> words = program.words;
    std::vector<std::string> environment = child_environment(program.environment);
    const int error = ::posix_spawnp(&pid,
                                     words.front().c_str(),
                                     &actions,
                                     &attributes,
                                     null_terminated(words).data(),
                                     null_terminated(environment).data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return error;
}

std::string last_lines_of(const std::string& kept) {
    std::vector<std::string> lines;
    for (const std::string& line : split(to_valid_utf8(kept), '\n')) {
        // A progress bar writes many lines over each other.
        const std::string_view shown = trim(
            std::string_view(line).substr(line.find_last_of('\r') + 1));
        if (!shown.empty()) {
            lines.push_back(shorten(shown, kLineCharacters));
        }
    }
    std::string out;
    const std::size_t first = lines.size() > kKeptLines ? lines.size() - kKeptLines : 0;
    for (std::size_t i = first; i < lines.size(); ++i) {
        out += (i == first ? "" : "\n") + lines[i];
    }
    return out;
}

std::optional<int> status_of(pid_t pid) {
    int status = 0;
    pid_t got = 0;
    do {
        got = ::waitpid(pid, &status, 0);
    } while (got < 0 && errno == EINTR);
    return got == pid ? std::optional(status) : std::nullopt;
}

/// Waits until it has ended (kExited) or must not go on. It is left unreaped: until its group was
/// killed, its number is nobody else's.
ChildEnded::How wait_for(const ChildProgram& program,
                         pid_t pid,
                         ChildPipe& output,
                         ChildPipe& talk) {
    const auto deadline = ChildClock::now() + program.most_time;
    while (true) {
        if (program.cancel != nullptr && *program.cancel) {
            return ChildEnded::How::kCancelled;
        }
        if (ChildClock::now() >= deadline) {
            return ChildEnded::How::kTooLong;
        }
        if (output.was_more()) {
            return ChildEnded::How::kTooMuch;
        }
        siginfo_t ended{};
        if (::waitid(P_PID, static_cast<id_t>(pid), &ended, WNOHANG | WNOWAIT | WEXITED) == 0 &&
            ended.si_pid == pid) {
            return ChildEnded::How::kExited;
        }
        std::array<pollfd, 2> waiting{output.waiting(), talk.waiting()};
        if (::poll(waiting.data(), waiting.size(), kLookMs) <= 0) {
            continue;
        }
        if (waiting[0].revents != 0) {
            output.take();
        }
        if (waiting[1].revents != 0) {
            talk.take();
        }
    }
}

}  // namespace

ChildEnded run_child(const ChildProgram& program) {
    ChildEnded out;
    ChildPipe output(ChildPipe::Keep::kBeginning, program.most_output);
    ChildPipe talk(ChildPipe::Keep::kEnd, kKeptBytes);
    const bool has_output = program.most_output > 0;
    out.code = talk.open();
    if (out.code == 0 && has_output) {
        out.code = output.open();
    }
    pid_t pid = -1;
    if (out.code == 0) {
        const int to = has_output ? output.childs_end() : talk.childs_end();
        out.code = spawn_in_a_group(program, to, talk.childs_end(), pid);
    }
    if (out.code != 0) {
        return out;
    }
    output.close_childs_end();
    talk.close_childs_end();
    out.how = wait_for(program, pid, output, talk);
    ::kill(-pid, SIGKILL);
    const std::optional<int> status = status_of(pid);
    output.take_the_rest();
    talk.take_the_rest();
    out.output = output.release();
    out.last_lines = last_lines_of(talk.release());
    if (out.how == ChildEnded::How::kExited && output.was_more()) {
        out.how = ChildEnded::How::kTooMuch;
    } else if (out.how == ChildEnded::How::kExited && status && WIFSIGNALED(*status)) {
        out.how = ChildEnded::How::kSignalled;
        out.code = WTERMSIG(*status);
    } else if (status && WIFEXITED(*status)) {
        out.code = WEXITSTATUS(*status);
    }
    return out;
}

}  // namespace assay
