#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

namespace assay {

/// A program that is to run once, in a process group of its own.
struct ChildProgram {
    std::vector<std::string> words;        ///< the program (looked up in PATH), then its arguments
    std::vector<std::string> environment;  ///< "NAME=VALUE", in place of this process's or beside
                                           ///< them; variables with API keys are not handed on
    std::chrono::milliseconds most_time{};
    const std::atomic<bool>* cancel = nullptr;  ///< looked at while waiting; may be null
    std::size_t most_output = 0;  ///< bytes on stdout that are handed over in ChildEnded::output;
                                  ///< more are not waited for. 0: none are handed over
};

/// How it ended.
struct ChildEnded {
    enum class How {
        kNotStarted,  ///< there is no such program, or it is none
        kExited,
        kSignalled,
        kTooLong,    ///< it was killed when its time was over
        kTooMuch,    ///< it was killed when it had written more than most_output
        kCancelled,  ///< it was killed because of `cancel`
    } how = How::kNotStarted;
    int code = 0;            ///< exit code, signal, or errno of kNotStarted
    std::string output;      ///< what it wrote on stdout, any bytes, if most_output is not 0; of
                             ///< kTooMuch the beginning, else up to its end
    std::string last_lines;  ///< of what it printed, on stdout (where that is not in `output`) and
                             ///< stderr together; UTF-8, at most five lines of 300 characters

    [[nodiscard]] bool succeeded() const { return how == How::kExited && code == 0; }
};

/// Runs it to its end, without a shell and with nothing on stdin. It is reaped, and its process
/// group killed, when this returns.
[[nodiscard]] ChildEnded run_child(const ChildProgram& program);

}  // namespace assay
