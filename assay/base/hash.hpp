#pragma once
// SHA-256 by libcrypto. Every key of the store and every identity of a file is one.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "assay/base/result.hpp"

namespace assay {

/// Lower-case hexadecimal SHA-256 (64 characters) of the bytes.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// Hash of a list of fields. Each is written with its length, so that ("ab", "c") and ("a", "bc")
/// differ.
[[nodiscard]] std::string sha256_of_fields(std::span<const std::string> fields);

/// SHA-256 of token ids as little-endian int32 (formats.md, `prompt_sha256`).
[[nodiscard]] std::string sha256_of_tokens(std::span<const std::int32_t> tokens);

/// Incremental SHA-256.
class Sha256 {
 public:
    Sha256();
    ~Sha256();
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    void update(std::string_view bytes);
    /// The digest in hexadecimal; the object is not to be used afterwards.
    [[nodiscard]] std::string finish();

 private:
    struct State;
    std::unique_ptr<State> state_;
};

/// SHA-256 of a file's bytes, read in pieces of 1 MiB; `on_bytes` (may be empty) is told how many
/// were read since the last call.
[[nodiscard]] Result<std::string> sha256_of_file(
    const std::filesystem::path& path, const std::function<void(std::uint64_t)>& on_bytes = {});

}  // namespace assay
