#pragma once
// Measurements as llama-bench -o jsonl prints its own: for what reads its files.

#include <cstdint>
#include <span>
#include <string>

#include "assay/records/run_recipe.hpp"
#include "assay/records/speed_sample.hpp"

namespace assay::speed {

/// What a line says beside its measurements, in llama-bench's words.
struct BenchModel {
    std::string path;
    std::string type;        ///< "llama 135M Q8_0"
    std::uint64_t size = 0;  ///< bytes of its tensors
    std::uint64_t n_parameters = 0;
    RunRecipe recipe{};
    int n_threads = 1;
    int n_gpu_layers = -1;
    std::string build_commit;  ///< of llama.cpp
    std::int64_t build_number = 0;
    std::string cpu_info;
    std::string gpu_info;
    std::string backends;
    std::string time;  ///< RFC 3339, of the end of the measuring
};

/// Three lines: the prompt ("pp512"), the answer alone ("tg64"), and the answers together, which
/// alone has a field n_parallel beside llama-bench's. Fields, their order and units are those of
/// llama-bench of llama.cpp v0.5.0; what assay does not set has llama-bench's default.
[[nodiscard]] std::string bench_lines(const BenchModel& model,
                                      std::span<const SpeedSample> samples,
                                      const SpeedSettings& settings);

}  // namespace assay::speed
