#pragma once
// Framing of the engine's protocol: each message is one frame of a JSON header and a binary
// payload.
//   bytes 0-3   length of the header, little-endian uint32
//   bytes 4-11  length of the payload, little-endian uint64
//   then the header (UTF-8 JSON) and the payload (token ids as int32, answer text as bytes)

#include <optional>
#include <string>

#include "assay/base/result.hpp"

namespace assay::wire {

struct Frame {
    std::string header;
    std::string payload;
};

inline constexpr std::size_t kMaxHeaderBytes = std::size_t{64} << 20;
inline constexpr std::size_t kMaxPayloadBytes = std::size_t{1} << 30;

/// Writes a whole frame to a descriptor; blocks until it is taken. Fails when the other side is
/// gone (EPIPE; the caller ignores SIGPIPE).
[[nodiscard]] Result<bool> write_frame(int fd, const Frame& frame);

/// Reads one whole frame; blocks. Empty: a clean end of file, between two frames. A frame that is
/// cut off or too large is a failure.
[[nodiscard]] Result<std::optional<Frame>> read_frame(int fd);

}  // namespace assay::wire
