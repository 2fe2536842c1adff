#include "assay/wire/frame.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>

namespace assay::wire {
namespace {

constexpr std::size_t kPrefixBytes = 12;

Result<bool> write_all(int fd, const char* data, std::size_t size) {
    while (size > 0) {
        const ssize_t wrote = ::write(fd, data, size);
        if (wrote < 0 && errno == EINTR) {
            continue;
        }
        if (wrote < 0) {
            return fail(std::string("writing to the other process failed: ") +
                        std::strerror(errno));
        }
        data += wrote;
        size -= static_cast<std::size_t>(wrote);
    }
    return true;
}

/// Number of bytes read: less than `size` only at the end of file.
Result<std::size_t> read_all(int fd, char* data, std::size_t size) {
    std::size_t done = 0;
    while (done < size) {
        const ssize_t got = ::read(fd, data + done, size - done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return fail(std::string("reading from the other process failed: ") +
                        std::strerror(errno));
        }
        if (got == 0) {
            break;
        }
        done += static_cast<std::size_t>(got);
    }
    return done;
}

}  // namespace

Result<bool> write_frame(int fd, const Frame& frame) {
    std::array<char, kPrefixBytes> prefix{};
    for (std::size_t i = 0; i < 4; ++i) {
        prefix[i] = static_cast<char>(frame.header.size() >> (8 * i) & 255);
    }
    for (std::size_t i = 0; i < 8; ++i) {
        prefix[4 + i] = static_cast<char>(frame.payload.size() >> (8 * i) & 255);
    }
    std::string bytes(prefix.data(), prefix.size());
    bytes += frame.header;
    bytes += frame.payload;
    return write_all(fd, bytes.data(), bytes.size());
}

Result<std::optional<Frame>> read_frame(int fd) {
    std::array<char, kPrefixBytes> prefix{};
    const auto got = read_all(fd, prefix.data(), prefix.size());
    if (!got) {
        return tl::unexpected(got.error());
    }
    if (*got == 0) {
        return std::optional<Frame>{};
    }
    if (*got < prefix.size()) {
        return fail("a frame is cut off");
    }
    std::uint64_t header_size = 0, payload_size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        header_size |= std::uint64_t{static_cast<unsigned char>(prefix[i])} << (8 * i);
    }
    for (std::size_t i = 0; i < 8; ++i) {
        payload_size |= std::uint64_t{static_cast<unsigned char>(prefix[4 + i])} << (8 * i);
    }
    if (header_size > kMaxHeaderBytes || payload_size > kMaxPayloadBytes) {
        return fail("a frame is larger than the protocol allows");
    }
    Frame frame;
    frame.header.resize(header_size);
    frame.payload.resize(payload_size);
    for (std::string* part : {&frame.header, &frame.payload}) {
        const auto read = read_all(fd, part->data(), part->size());
        if (!read) {
            return tl::unexpected(read.error());
        }
        if (*read < part->size()) {
            return fail("a frame is cut off");
        }
    }
    return std::optional<Frame>(std::move(frame));
}

}  // namespace assay::wire
