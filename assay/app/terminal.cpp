#include "assay/app/terminal.hpp"

#include <fmt/format.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>

#include "assay/base/text.hpp"
#include "assay/report/terminal_text.hpp"

namespace assay::app {
namespace {

constexpr auto kRedraw = std::chrono::milliseconds(100);
constexpr auto kPlainEvery = std::chrono::seconds(10);
constexpr int kBarWidth = 24;

/// Servers' and models' words may be in it.
void print_line(const std::string& line) {
    std::fputs((report::visible(line) + "\n").c_str(), stderr);
}

}  // namespace

bool stdout_is_terminal() {
    return ::isatty(STDOUT_FILENO) == 1;
}
bool stderr_is_terminal() {
    return ::isatty(STDERR_FILENO) == 1;
}

int terminal_width() {
    winsize size{};
    return stdout_is_terminal() && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
               ? size.ws_col
               : 100;
}

TerminalProgress::TerminalProgress(bool quiet) : quiet_(quiet), terminal_(stderr_is_terminal()) {}

TerminalProgress::~TerminalProgress() {
    clear_line();
}

void TerminalProgress::clear_line() {
    if (drawn_) {
        std::fputs("\r\x1b[K", stderr);
    }
    drawn_ = false;
}

std::string TerminalProgress::state() const {
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    const std::string status = status_.empty() ? "" : "; " + status_;
    if (total_ == 0) {
        return fmt::format("{} {}, {}{}", done_, unit_, format_duration(seconds), status);
    }
    std::string out = fmt::format("{}/{} {}", done_, total_, unit_);
    if (done_ > 0 && seconds > 1) {
        const double rate = static_cast<double>(done_) / seconds;
        out += fmt::format(
            ", {:.3g}/s, {} left",
            rate,
            format_duration(static_cast<double>(total_ - std::min(done_, total_)) / rate));
    }
    return out + status;
}

void TerminalProgress::draw() {
    const auto now = Clock::now();
    if (quiet_ ||
        now - last_shown_ < (terminal_ ? Clock::duration(kRedraw) : Clock::duration(kPlainEvery))) {
        return;
    }
    last_shown_ = now;
    if (!terminal_) {
        return print_line(fmt::format("  {}: {}", label_, state()));
    }
    std::string bar;
    if (total_ > 0) {
        const auto filled = static_cast<int>(std::min<std::uint64_t>(done_, total_) * kBarWidth /
                                             total_);
        for (int i = 0; i < kBarWidth; ++i) {
            bar += i < filled ? "█" : "░";
        }
        bar += ' ';
    }
    std::fputs(fmt::format("\r\x1b[K  {} {}{}", label_, bar, state()).c_str(), stderr);
    std::fflush(stderr);
    drawn_ = true;
}

void TerminalProgress::begin(std::string_view label, std::uint64_t total, std::string_view unit) {
    clear_line();
    const bool same = running_ && label == label_;  // the total became known
    label_ = label;
    unit_ = unit;
    total_ = total;
    done_ = 0;
    running_ = true;
    if (same) {
        return;
    }
    status_.clear();
    start_ = Clock::now();
    last_shown_ = terminal_ ? Clock::time_point{} : start_;
    if (!quiet_ && !terminal_) {
        print_line(total > 0 ? fmt::format("  {}: {} {}", label_, total, unit_)
                             : fmt::format("  {} ...", label_));
    }
    if (terminal_) {
        draw();
    }
}

void TerminalProgress::advance(std::uint64_t n) {
    done_ += n;
    draw();
}

void TerminalProgress::status(std::string_view text) {
    status_ = text;
}

void TerminalProgress::finish(std::string_view remark) {
    if (!running_) {
        return;
    }
    running_ = false;
    clear_line();
    if (quiet_) {
        return;
    }
    const double seconds = std::chrono::duration<double>(Clock::now() - start_).count();
    print_line(fmt::format("  {}: {}{} in {}",
                           label_,
                           total_ > 0 || done_ > 0 ? fmt::format("{} {}", done_, unit_) : "done",
                           remark.empty() ? "" : fmt::format(", {},", remark),
                           format_duration(seconds)));
}

void TerminalProgress::note(std::string_view line) {
    clear_line();
    print_line(fmt::format("  {}", line));
}

}  // namespace assay::app
