#pragma once

#include <functional>

#include "assay/base/result.hpp"
#include "assay/wire/messages.hpp"

namespace assay::engine {

/// Makes `request.target` by llama_model_quantize, with a buffer of 64 MiB (far less memory than
/// the default, and the same bytes: docs/engine.md). `on_tensor(done, total)` follows it. On a
/// failure a part of the target may be left: the caller removes it.
[[nodiscard]] Result<bool> quantize_model(
    const wire::Quantize& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_tensor);

}  // namespace assay::engine
