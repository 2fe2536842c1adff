#pragma once

#include <functional>

#include "assay/base/result.hpp"
#include "assay/wire/messages.hpp"

namespace assay::engine {

/// Whether the adapter can be merged into the base, from both headers.
[[nodiscard]] Result<wire::InspectedLora> inspect_lora(const wire::InspectLora& request);

/// Makes `request.target` of the base and its adapters. `on_tensor(done, total)` follows it. On a
/// failure a part of the target may be left: the caller removes it.
[[nodiscard]] Result<bool> merge_lora(
    const wire::MergeLora& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_tensor);

}  // namespace assay::engine
