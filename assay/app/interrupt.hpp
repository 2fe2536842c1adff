#pragma once

#include <atomic>

namespace assay::app {

/// Set by Ctrl-C and SIGTERM once watch_interrupts was called. A second Ctrl-C ends the program at
/// once.
[[nodiscard]] const std::atomic<bool>& interrupted();
void watch_interrupts();

}  // namespace assay::app
