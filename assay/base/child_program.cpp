// Runs a foreign program once.
//
// Problem: it may be missing, fail, hang, print without end, or leave processes of its own behind
// that hold its output open.
//
// Model: a child in a process group of its own. What it prints goes into one pipe, of which the
// last kilobytes are kept. While it runs, the pipe is emptied, and the time and `cancel` are looked
// at ten times a second.
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

/// Starts it with its output in `to`; 0 or an errno.
int spawn_in_a_group(const ChildProgram& program, int to, pid_t& pid) {
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, to, 1);
    posix_spawn_file_actions_adddup2(&actions, to, 2);
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

/// Reads what is there, at most a fixed amount a call; false once the pipe has ended.
bool take_output(int from, std::string& kept) {
    std::array<char, 65536> bytes{};
    const ssize_t n = ::read(from, bytes.data(), bytes.size());
    if (n == 0) {
        return false;
    }
    if (n < 0) {
        return errno == EINTR || errno == EAGAIN;
    }
    kept.append(bytes.data(), static_cast<std::size_t>(n));
    if (kept.size() > kKeptBytes) {
        kept.erase(0, kept.size() - kKeptBytes);
    }
    return true;
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
ChildEnded::How wait_for(const ChildProgram& program, pid_t pid, int from, std::string& kept) {
    const auto deadline = ChildClock::now() + program.most_time;
    while (true) {
        if (program.cancel != nullptr && *program.cancel) {
            return ChildEnded::How::kCancelled;
        }
        if (ChildClock::now() >= deadline) {
            return ChildEnded::How::kTooLong;
        }
        siginfo_t ended{};
        if (::waitid(P_PID, static_cast<id_t>(pid), &ended, WNOHANG | WNOWAIT | WEXITED) == 0 &&
            ended.si_pid == pid) {
            return ChildEnded::How::kExited;
        }
        pollfd waiting{from, POLLIN, 0};
        if (::poll(&waiting, 1, kLookMs) > 0 && !take_output(from, kept)) {
            ::poll(nullptr, 0, kLookMs);  // it closed its output and lives on
        }
    }
}

/// What is left in the pipe of a group that was killed; a process that left the group may hold it
/// open, so it is not waited for.
void take_the_rest(int from, std::string& kept) {
    ::fcntl(from, F_SETFL, O_NONBLOCK);
    constexpr int kMostReads = 64;
    for (int i = 0; i < kMostReads; ++i) {
        pollfd waiting{from, POLLIN, 0};
        if (::poll(&waiting, 1, 0) <= 0 || !take_output(from, kept)) {
            return;
        }
    }
}

}  // namespace

ChildEnded run_child(const ChildProgram& program) {
    ChildEnded out;
    std::array<int, 2> ends{-1, -1};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
        out.code = errno;
        return out;
    }
    pid_t pid = -1;
    out.code = spawn_in_a_group(program, ends[1], pid);
    ::close(ends[1]);
    if (out.code != 0) {
        ::close(ends[0]);
        return out;
    }
    std::string kept;
    out.how = wait_for(program, pid, ends[0], kept);
    ::kill(-pid, SIGKILL);
    const std::optional<int> status = status_of(pid);
    take_the_rest(ends[0], kept);
    ::close(ends[0]);
    out.last_lines = last_lines_of(kept);
    if (out.how == ChildEnded::How::kExited && status && WIFSIGNALED(*status)) {
        out.how = ChildEnded::How::kSignalled;
        out.code = WTERMSIG(*status);
    } else if (status && WIFEXITED(*status)) {
        out.code = WEXITSTATUS(*status);
    }
    return out;
}

}  // namespace assay
