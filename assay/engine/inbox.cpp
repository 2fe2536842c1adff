#include "assay/engine/inbox.hpp"

#include <cstdio>
#include <cstdlib>

namespace assay::engine {

Inbox::Inbox(int fd) : reader_([this, fd] { read_all(fd); }) {
    reader_.detach();
}

std::optional<wire::Message> Inbox::take(bool wait) {
    std::unique_lock lock(mutex_);
    if (wait) {
        arrived_.wait(lock, [&] { return !requests_.empty(); });
    }
    if (requests_.empty()) {
        return std::nullopt;
    }
    wire::Message request = std::move(requests_.front());
    requests_.pop_front();
    return request;
}

void Inbox::read_all(int fd) {
    while (true) {
        auto frame = wire::read_frame(fd);
        if (!frame || !*frame) {
            std::_Exit(0);  // assay has closed the pipe or is gone
        }
        auto request = wire::decode_message(std::move(**frame));
        if (!request) {
            std::fprintf(stderr, "assay-engine: %s\n", request.error().message.c_str());
            std::_Exit(2);
        }
        const std::lock_guard lock(mutex_);
        requests_.push_back(std::move(*request));
        arrived_.notify_one();
    }
}

}  // namespace assay::engine
