#pragma once
// Measured speeds as a person reads them, as JSON, and as llama-bench prints its own.

#include <string>

#include "assay/app/model_speed.hpp"

namespace assay::app {

/// The table of models side by side, with what was measured and how.
[[nodiscard]] std::string speed_table(const SpeedMeasured& measured);
/// One JSON document (docs/speed.md).
[[nodiscard]] std::string speed_json(const SpeedMeasured& measured);
/// Lines of llama-bench -o jsonl, three for each model.
[[nodiscard]] std::string speed_bench_lines(const SpeedMeasured& measured);

}  // namespace assay::app
