#include "assay/speed/bench_lines.hpp"

#include <cmath>
#include <nlohmann/json.hpp>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::speed {
namespace {

using nlohmann::ordered_json;

/// A test of llama-bench's, with what it took.
struct BenchTest {
    int n_prompt = 0;
    int n_gen = 0;
    int n_parallel = 0;  ///< answers together; 0: a test that llama-bench has, too
    std::uint64_t SpeedSample::*ns = nullptr;

    [[nodiscard]] double n_tokens() const {
        return n_parallel > 0 ? static_cast<double>(n_gen) * n_parallel : n_prompt + n_gen;
    }
};

/// Mean and sample standard deviation; that of one value is 0, as llama-bench has it.
struct Moments {
    double mean = 0;
    double deviation = 0;
};

Moments moments_of(const std::vector<double>& values) {
    Moments out;
    for (const double value : values) {
        out.mean += value / static_cast<double>(values.size());
    }
    for (const double value : values) {
        out.deviation += (value - out.mean) * (value - out.mean);
    }
    out.deviation = values.size() < 2
                        ? 0
                        : std::sqrt(out.deviation / static_cast<double>(values.size() - 1));
    return out;
}

ordered_json head_of(const BenchModel& model, const SpeedSettings& settings) {
    return {{"build_commit", model.build_commit},
            {"build_number", model.build_number},
            {"cpu_info", model.cpu_info},
            {"gpu_info", model.gpu_info},
            {"backends", model.backends},
            {"model_filename", model.path},
            {"model_type", model.type},
            {"model_size", model.size},
            {"model_n_params", model.n_parameters},
            {"n_batch", settings.n_ubatch},
            {"n_ubatch", settings.n_ubatch},
            {"n_threads", model.n_threads},
            {"cpu_mask", "0x0"},
            {"cpu_strict", false},
            {"poll", 50},
            {"type_k", model.recipe.cache_type_k},
            {"type_v", model.recipe.cache_type_v},
            {"n_gpu_layers", model.n_gpu_layers},
            {"n_cpu_moe", 0},
            {"split_mode", "layer"},
            {"main_gpu", 0},
            {"no_kv_offload", false},
            {"flash_attn", model.recipe.flash_attn == "off" ? 0 : 1},
            {"devices", "auto"},
            {"tensor_split", "0.00"},
            {"tensor_buft_overrides", "none"},
            {"load_mode", "none"},  // the file is read, not mapped
            {"lazy_mode", "auto"},
            {"embeddings", false},
            {"no_op_offload", 0},
            {"no_host", false},
            {"fit_target", 0},
            {"fit_min_ctx", 0}};
}

std::string bench_line(const BenchModel& model,
                       std::span<const SpeedSample> samples,
                       const SpeedSettings& settings,
                       const BenchTest& test) {
    std::vector<double> rates, times;
    ordered_json samples_ns = ordered_json::array();
    for (const SpeedSample& sample : samples) {
        const std::uint64_t ns = sample.*test.ns;
        samples_ns.push_back(ns);
        times.push_back(static_cast<double>(ns));
        rates.push_back(ns == 0 ? 0.0 : 1e9 * test.n_tokens() / static_cast<double>(ns));
    }
    const Moments time = moments_of(times), rate = moments_of(rates);
    ordered_json out = head_of(model, settings);
    out.update({{"n_prompt", test.n_prompt},
                {"n_gen", test.n_gen},
                {"n_depth", 0},
                {"test_time", model.time},
                {"avg_ns", static_cast<std::uint64_t>(time.mean)},
                {"stddev_ns", static_cast<std::uint64_t>(time.deviation)},
                {"avg_ts", rate.mean},
                {"stddev_ts", rate.deviation},
                {"samples_ns", std::move(samples_ns)},
                {"samples_ts", rates}});
    if (test.n_parallel > 0) {
        out["n_parallel"] = test.n_parallel;
    }
    return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string bench_lines(const BenchModel& model,
                        std::span<const SpeedSample> samples,
                        const SpeedSettings& settings) {
    ASSAY_CHECK(!samples.empty());
    std::string out;
    for (const BenchTest& test :
         {BenchTest{settings.n_prompt, 0, 0, &SpeedSample::prefill_ns},
          BenchTest{0, settings.n_answer, 0, &SpeedSample::decode_ns},
          BenchTest{0, settings.n_answer, settings.n_streams, &SpeedSample::batch_decode_ns}}) {
        out += bench_line(model, samples, settings, test);
    }
    return out;
}

}  // namespace assay::speed
