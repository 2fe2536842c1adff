#pragma once
// How fast a model runs on this machine.

#include <cstdint>
#include <functional>

#include "assay/base/result.hpp"
#include "assay/wire/speed.hpp"

namespace assay::engine {

/// Loads the model, measures, and frees it. `on_part`: after each part, with done and total. Fails
/// where the model cannot be loaded or run.
[[nodiscard]] Result<wire::MeasuredSpeed> measure_speed(
    const wire::MeasureSpeed& request,
    const std::function<void(std::uint64_t done, std::uint64_t total)>& on_part);

}  // namespace assay::engine
