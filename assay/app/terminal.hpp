#pragma once
// What a person sees while assay works. stdout is for results, stderr for all of this.

#include <chrono>
#include <string>

#include "assay/base/progress.hpp"

namespace assay::app {

[[nodiscard]] bool stdout_is_terminal();
[[nodiscard]] bool stderr_is_terminal();
/// Columns of the terminal on stdout; 100 where it is none.
[[nodiscard]] int terminal_width();

/// On a terminal one line that is drawn anew, with bar, rate and time left; elsewhere a plain line
/// at the beginning, every ten seconds, and at the end. With `quiet` only notes.
class TerminalProgress final : public Progress {
 public:
    explicit TerminalProgress(bool quiet);
    ~TerminalProgress() override;
    void begin(std::string_view label, std::uint64_t total, std::string_view unit) override;
    void advance(std::uint64_t n) override;
    void status(std::string_view text) override;
    void finish(std::string_view remark) override;
    void note(std::string_view line) override;

 private:
    using Clock = std::chrono::steady_clock;
    void draw();
    void clear_line();
    [[nodiscard]] std::string state() const;

    bool quiet_;
    bool terminal_;
    bool running_ = false;
    bool drawn_ = false;
    std::string label_;
    std::string unit_;
    std::string status_;
    std::uint64_t total_ = 0;
    std::uint64_t done_ = 0;
    Clock::time_point start_;
    Clock::time_point last_shown_;
};

}  // namespace assay::app
