#pragma once
// How fast a baseline and variants run on this machine, beside each other.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/app/host.hpp"
#include "assay/base/progress.hpp"
#include "assay/records/speed_sample.hpp"
#include "assay/records/variant.hpp"
#include "assay/records/variant_spec.hpp"
#include "assay/speed/bench_lines.hpp"

namespace assay::app {

/// What is asked for. Paths are absolute, or "ollama:NAME" of a model.
struct SpeedRequest {
    VariantSpec baseline;                 ///< a file; adapters of it are merged
    std::vector<VariantSpec> variants{};  ///< files, or types that are made of the baseline's
    SpeedSettings settings{};
    int n_rounds = 5;
    int n_threads = 0;  ///< 0: the physical cores
    int n_gpu_layers = -1;
    std::string engine{};  ///< program; empty: beside assay
};

/// One model.
struct SpeedVariant {
    std::string name;
    ModelFile file;
    std::optional<LoraFile> lora{};  ///< the baseline's adapter, where it is applied at run time
    RunRecipe recipe{};
    std::uint64_t predicted_memory_bytes = 0;
    speed::BenchModel model{};           ///< as llama-bench describes it
    std::vector<SpeedSample> samples{};  ///< of each round

    /// Of its file and the adapter that is applied to it.
    [[nodiscard]] std::uint64_t size_bytes() const {
        return file.size_bytes + (lora ? lora->size_bytes : 0);
    }
};

/// Whether something else ran on the machine.
struct OtherLoad {
    std::int64_t n_known = 0;   ///< measurements of which the system told
    std::int64_t n_loaded = 0;  ///< of those: others kept more than kQuietCores busy
    double most_cores = 0;      ///< that others kept busy, on average over a measurement
};
inline constexpr double kQuietCores = 0.25;

struct SpeedMeasured {
    std::string engine;
    Host host;
    SpeedSettings settings{};
    int n_rounds = 0;
    int n_threads = 0;
    int n_gpu_layers = -1;
    std::vector<SpeedVariant> variants{};  ///< the baseline first
    OtherLoad load{};
    std::vector<std::string> notes{};  ///< what a reader must know
};

/// Throws Error: kUsage where a file is no model or does not allow it, kOperational where memory
/// does not suffice or the engine ends, kInterrupted.
[[nodiscard]] SpeedMeasured measure_speed(const SpeedRequest& request,
                                          const std::atomic<bool>& cancel,
                                          Progress& progress);

}  // namespace assay::app
