#pragma once

#include <string>

#include "assay/base/result.hpp"

struct gguf_context;

namespace assay::engine {

/// Refuses a GGUF that is no language model, as far as its metadata says so: a projector, an
/// adapter, a control vector, an importance matrix, an encoder. The sentence names what it is and
/// the way out. `path` is its place.
[[nodiscard]] Result<bool> check_is_language_model(const gguf_context* gguf,
                                                   const std::string& path);

}  // namespace assay::engine
