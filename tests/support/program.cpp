#include "program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <stdexcept>

extern char** environ;

namespace assay::test {
namespace {

using Clock = std::chrono::steady_clock;

constexpr int kCannotStart = 126;

std::vector<std::string> environment_of(const Start& start) {
    std::vector<std::string> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        const std::string text = *entry;
        if (!start.environment.contains(text.substr(0, text.find('=')))) {
            out.push_back(text);
        }
    }
    for (const auto& [name, value] : start.environment) {
        if (!value.empty()) {
            out.push_back(name + "=" + value);
        }
    }
    return out;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
    std::vector<char*> out;
    for (std::string& text : texts) {
        out.push_back(text.data());
    }
    out.push_back(nullptr);
    return out;
}

/// In the child, between fork and exec: system calls only.
[[noreturn]] void become(
    const Start& start, int out, int err, char* const* arguments, char* const* environment) {
    ::dup2(::open("/dev/null", O_RDONLY), 0);
    ::dup2(out, 1);
    ::dup2(err, 2);
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    if (start.most_file_bytes >= 0) {
        const rlimit limit{static_cast<rlim_t>(start.most_file_bytes),
                           static_cast<rlim_t>(start.most_file_bytes)};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        ::signal(SIGXFSZ, SIG_IGN);  // then write() says so, as it does when a disk is full
    }
    if (!start.folder.empty() && ::chdir(start.folder.c_str()) != 0) {
        ::_exit(kCannotStart);
    }
    ::execve(arguments[0], arguments, environment);
    ::_exit(kCannotStart);
}

}  // namespace

Program::Program(const Start& start) {
    std::array<int, 2> out{-1, -1}, err{-1, -1};
    if (::pipe2(out.data(), O_CLOEXEC) != 0 || ::pipe2(err.data(), O_CLOEXEC) != 0) {
        throw std::runtime_error("no pipe");
    }
    int out_end = out[1];
    if (!start.out_file.empty()) {
        out_end = ::open(start.out_file.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    }
    std::vector<std::string> arguments = start.command, environment = environment_of(start);
    std::vector<char*> argv = pointers_to(arguments), envp = pointers_to(environment);
    pid_ = ::fork();
    if (pid_ == 0) {
        become(start, out_end, err[1], argv.data(), envp.data());
    }
    if (out_end != out[1]) {
        ::close(out_end);
    }
    ::close(out[1]);
    ::close(err[1]);
    out_ = out[0];
    err_ = err[0];
    if (pid_ < 0) {
        throw std::runtime_error("no process");
    }
}

Program::~Program() {
    if (running()) {
        signal(SIGKILL);
    }
    reap(true);
    ::close(out_);
    ::close(err_);
}

void Program::signal(int number) const {
    if (!reaped_) {
        ::kill(pid_, number);
    }
}

void Program::reap(bool wait) {
    if (reaped_) {
        return;
    }
    pid_t got = 0;
    do {
        got = ::waitpid(pid_, &status_, wait ? 0 : WNOHANG);
    } while (got < 0 && errno == EINTR);
    reaped_ = got == pid_;
}

bool Program::running() {
    reap(false);
    return !reaped_;
}

void Program::read_some(int wait_ms) {
    std::array<pollfd, 2> waiting{pollfd{out_, POLLIN, 0}, pollfd{err_, POLLIN, 0}};
    if (::poll(waiting.data(), waiting.size(), wait_ms) <= 0) {
        return;
    }
    if (((waiting[0].revents | waiting[1].revents) & POLLIN) == 0) {
        ::usleep(1000);  // both closed: poll does not wait
    }
    std::array<char, 65536> buffer{};
    for (const pollfd& one : waiting) {
        if ((one.revents & POLLIN) == 0) {
            continue;
        }
        const ssize_t got = ::read(one.fd, buffer.data(), buffer.size());
        if (got > 0) {
            (one.fd == out_ ? ended_.out : ended_.err)
                .append(buffer.data(), static_cast<std::size_t>(got));
        }
    }
}

Ended Program::wait(std::chrono::milliseconds limit) {
    const auto end = Clock::now() + limit;
    while (running()) {
        read_some(10);
        if (Clock::now() > end) {
            ended_.timed_out = true;
            signal(SIGKILL);
            reap(true);
        }
    }
    // What it had written before it ended is in the pipes; a child of its own may hold them open.
    for (std::size_t before = ~std::size_t{0}; before != ended_.out.size() + ended_.err.size();) {
        before = ended_.out.size() + ended_.err.size();
        read_some(0);
    }
    ended_.exit_code = WIFEXITED(status_) ? WEXITSTATUS(status_) : -1;
    ended_.signal = WIFSIGNALED(status_) ? WTERMSIG(status_) : 0;
    return ended_;
}

Ended run(const Start& start, std::chrono::milliseconds limit) {
    return Program(start).wait(limit);
}

std::string find_in_path(const std::string& program) {
    const char* path = std::getenv("PATH");
    std::istringstream folders(path == nullptr ? "" : path);
    for (std::string folder; std::getline(folders, folder, ':');) {
        const std::filesystem::path file = std::filesystem::path(folder) / program;
        if (::access(file.c_str(), X_OK) == 0) {
            return file.string();
        }
    }
    return {};
}

std::string describe(const Ended& ended) {
    std::ostringstream out;
    if (ended.timed_out) {
        out << "timed out";
    } else if (ended.signal != 0) {
        out << "signal " << ended.signal;
    } else {
        out << "exit code " << ended.exit_code;
    }
    out << "\nstdout:\n" << ended.out << "\nstderr:\n" << ended.err;
    return out.str();
}

}  // namespace assay::test
