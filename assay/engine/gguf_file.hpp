#pragma once
// A GGUF's header: opened, and its values read, so that nothing in it makes the library abort.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "assay/base/result.hpp"

struct gguf_context;

namespace assay::engine {

struct GgufFree {
    void operator()(gguf_context* context) const;
};
using Gguf = std::unique_ptr<gguf_context, GgufFree>;

/// Reads a file's header. Fails if there is no such file, or it is no GGUF.
[[nodiscard]] Result<Gguf> open_gguf(const std::string& path);

/// A value; nothing if the key is not there, or is of another kind.
[[nodiscard]] std::optional<std::int64_t> integer_at(const gguf_context* gguf,
                                                     const std::string& key);
[[nodiscard]] std::optional<std::string> string_at(const gguf_context* gguf,
                                                   const std::string& key);
[[nodiscard]] std::optional<bool> truth_at(const gguf_context* gguf, const std::string& key);
/// Whether a key begins with `start`.
[[nodiscard]] bool has_key_below(const gguf_context* gguf, std::string_view start);

/// Whether the data of every tensor lie inside the file: a download that was cut off has a whole
/// header.
[[nodiscard]] Result<bool> check_tensor_data(const gguf_context* gguf, const std::string& path);

/// How many GGUF files stand in the file one behind the other, as after `cat`; 1 in an ordinary
/// one. `first` is the header of the file `path`.
[[nodiscard]] int count_ggufs(const gguf_context* first, const std::string& path);

}  // namespace assay::engine
