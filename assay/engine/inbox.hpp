#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "assay/wire/codec.hpp"

namespace assay::engine {

/// Requests as a thread of its own reads them, so that the end of the pipe is noticed in the middle
/// of a computation. It ends the process: without the pipe nobody waits for anything.
class Inbox {
 public:
    /// Reads from `fd` until the process ends.
    explicit Inbox(int fd);

    /// Waits for a request if `wait`; empty if there is none.
    [[nodiscard]] std::optional<wire::Message> take(bool wait);

 private:
    [[noreturn]] void read_all(int fd);

    std::mutex mutex_;
    std::condition_variable arrived_;
    std::deque<wire::Message> requests_;
    std::thread reader_;
};

}  // namespace assay::engine
