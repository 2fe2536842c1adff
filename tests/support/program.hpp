#pragma once
// Running a program as a user does: arguments, environment, what it prints, how it ends.

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace assay::test {

/// How a program is started. In `environment` an empty value removes the variable.
struct Start {
    std::vector<std::string> command;  ///< program first
    std::map<std::string, std::string> environment;
    std::string folder;              ///< working directory; empty: the test's
    std::string out_file;            ///< takes stdout instead of Ended::out
    long long most_file_bytes = -1;  ///< writes beyond it fail as on a full disk; -1: no limit
};

struct Ended {
    int exit_code = -1;  ///< -1 if a signal ended it
    int signal = 0;
    bool timed_out = false;
    std::string out;
    std::string err;
};

/// What has not ended by then hangs. Far more than a run with a real model takes on a slow machine:
/// how fast a program is, is no matter of a test.
inline constexpr std::chrono::minutes kHangs{10};

/// A program that runs; killed by the destructor if it still does.
class Program {
 public:
    explicit Program(const Start& start);
    ~Program();
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void signal(int number) const;
    [[nodiscard]] int pid() const { return pid_; }
    [[nodiscard]] bool running();
    /// Reads what it prints until it ends; kills it after `limit`.
    Ended wait(std::chrono::milliseconds limit = kHangs);

 private:
    void read_some(int wait_ms);
    void reap(bool wait);

    int pid_ = -1;
    int out_ = -1;
    int err_ = -1;
    bool reaped_ = false;
    int status_ = 0;
    Ended ended_;
};

[[nodiscard]] Ended run(const Start& start, std::chrono::milliseconds limit = kHangs);

/// The program's path in PATH, or empty.
[[nodiscard]] std::string find_in_path(const std::string& program);

/// For a failed expectation: what it did.
[[nodiscard]] std::string describe(const Ended& ended);

/// Whether `part` stands in what a program said.
[[nodiscard]] inline bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace assay::test
