#include "assay/app/interrupt.hpp"

#include <unistd.h>

#include <csignal>

namespace assay::app {
namespace {

std::atomic<bool> g_interrupted{false};
static_assert(std::atomic<bool>::is_always_lock_free, "it is set in a signal handler");

void on_signal(int) {
    if (g_interrupted.exchange(true)) {
        ::_exit(130);
    }
    static constexpr char
        kText[] = "\nstopping; what is finished is kept (Ctrl-C again: at once)\n";
    [[maybe_unused]] const auto wrote = ::write(STDERR_FILENO, kText, sizeof kText - 1);
}

}  // namespace

const std::atomic<bool>& interrupted() {
    return g_interrupted;
}

void watch_interrupts() {
    struct sigaction action {};
    action.sa_handler = on_signal;
    ::sigaction(SIGINT, &action, nullptr);
    ::sigaction(SIGTERM, &action, nullptr);
    std::signal(SIGPIPE, SIG_IGN);
}

}  // namespace assay::app
