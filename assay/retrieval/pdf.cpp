// Runs pdftotext on one file.
//
// Problem: a foreign program reads a foreign file. It may be missing, fail, hang, or write without
// end.
//
// Model: a child with its output in a pipe and its complaints in an anonymous file. What it writes
// is read until the pipe ends, the time is over, or there is more than anybody would read.
//
// Invariant: behind every way out the child was reaped. It ends because the time is limited and a
// killed child can be reaped.

#include "assay/retrieval/pdf.hpp"

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
#include <cstring>
#include <vector>

#include "assay/base/text.hpp"

extern char** environ;

namespace assay::retrieval {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::minutes kMostTime{2};
constexpr std::size_t kMostText = 64'000'000;

class Descriptor {
 public:
    explicit Descriptor(int number) : number_(number) {}
    ~Descriptor() { close(); }
    Descriptor(const Descriptor&) = delete;
    Descriptor& operator=(const Descriptor&) = delete;
    void close() {
        if (number_ >= 0) {
            ::close(number_);
            number_ = -1;
        }
    }
    [[nodiscard]] int number() const { return number_; }

 private:
    int number_;
};

/// Without keys: it needs none.
std::vector<char*> environment_of_child() {
    std::vector<char*> out;
    for (char** entry = environ; *entry != nullptr; ++entry) {
        if (std::strstr(*entry, "_API_KEY=") == nullptr) {
            out.push_back(*entry);
        }
    }
    out.push_back(nullptr);
    return out;
}

/// The last line of what it complained.
std::string last_words(int log) {
    std::array<char, 4096> bytes{};
    const off_t end = ::lseek(log, 0, SEEK_END);
    const off_t begin = std::max<off_t>(0, end - static_cast<off_t>(bytes.size()));
    const ssize_t n = ::pread(log, bytes.data(), bytes.size(), begin);
    const std::string_view text = trim(
        {bytes.data(), static_cast<std::size_t>(std::max<ssize_t>(n, 0))});
    const std::size_t line = text.rfind('\n');
    return shorten(text.substr(line == std::string_view::npos ? 0 : line + 1), 200);
}

enum class Ending { kDone, kTooLong, kTooMuch };

Ending read_all(int from, std::string& out) {
    const auto deadline = Clock::now() + kMostTime;
    std::array<char, 65536> bytes{};
    while (true) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline -
                                                                                Clock::now());
        if (left.count() <= 0) {
            return Ending::kTooLong;
        }
        pollfd waiting{from, POLLIN, 0};
        if (::poll(&waiting, 1, static_cast<int>(left.count())) <= 0) {
            continue;
        }
        const ssize_t n = ::read(from, bytes.data(), bytes.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return Ending::kDone;
        }
        out.append(bytes.data(), static_cast<std::size_t>(n));
        if (out.size() > kMostText) {
            return Ending::kTooMuch;
        }
    }
}

int reap(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

tl::unexpected<Failure> not_there() {
    return fail("PDF is read by the program pdftotext, which is not there",
                "",
                "Install it (Debian: apt-get install poppler-utils), or convert the file to text.");
}

Result<std::string> run_pdftotext(const std::filesystem::path& file) {
    std::array<int, 2> ends{-1, -1};
    const Descriptor log(::memfd_create("pdftotext-log", MFD_CLOEXEC));
    if (log.number() < 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
        return fail(fmt::format("no pipe to pdftotext: {}", std::strerror(errno)));
    }
    const Descriptor from(ends[0]);
    Descriptor to(ends[1]);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, to.number(), 1);
    posix_spawn_file_actions_adddup2(&actions, log.number(), 2);
    std::vector<std::string> words{
        "pdftotext", "-enc", "UTF-8", std::filesystem::absolute(file).string(), "-"};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t child = -1;
    const int error = ::posix_spawnp(
        &child, "pdftotext", &actions, nullptr, arguments.data(), environment_of_child().data());
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) {
        return not_there();
    }
    to.close();
    std::string text;
    const Ending ending = read_all(from.number(), text);
    if (ending != Ending::kDone) {
        ::kill(child, SIGKILL);
    }
    const int status = reap(child);
    if (ending == Ending::kTooLong) {
        return fail("pdftotext has not read it within two minutes", "", "Convert it to text.");
    }
    if (ending == Ending::kTooMuch) {
        return fail(
            fmt::format("holds more than {} of text", format_bytes(kMostText)), "", "Split it.");
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 127) {
        return not_there();
    }
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        const std::string said = last_words(log.number());
        return fail(fmt::format("pdftotext cannot read it{}",
                                said.empty() ? "" : fmt::format(": \"{}\"", said)),
                    "",
                    "Is it a whole PDF without a password? Mend it, or move it out of the folder.");
    }
    return text;
}

}  // namespace

Result<std::string> text_of_pdf(const std::filesystem::path& file) {
    auto text = run_pdftotext(file);
    if (!text) {
        return text;
    }
    std::string out = to_valid_utf8(*text);
    // A sentence may run on over the end of a page.
    std::replace(out.begin(), out.end(), '\f', '\n');
    if (trim(out).empty()) {
        return fail("is a PDF without text, perhaps of scanned pages",
                    "",
                    "Recognize its text first (for example with ocrmypdf).");
    }
    return out;
}

}  // namespace assay::retrieval
