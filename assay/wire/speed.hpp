#pragma once
// Messages of a measurement of speed.

#include <cstdint>
#include <string>
#include <string_view>

#include "assay/records/speed_sample.hpp"
#include "assay/wire/messages.hpp"

namespace assay::wire {

/// A measurement, and what llama.cpp says of model and machine.
struct MeasuredSpeed {
    static constexpr std::string_view kName = "measured_speed";
    SpeedSample sample;
    std::string model_type;        ///< "llama 135M Q8_0"
    std::uint64_t model_size = 0;  ///< bytes of its tensors
    std::uint64_t n_parameters = 0;
    std::string build_commit;  ///< of llama.cpp
    std::int64_t build_number = 0;
    std::string cpu_info;
    std::string gpu_info;
    std::string backends;  ///< "CPU", or those beside it: "CUDA,RPC"
    static void fields(auto& self, auto& field) {
        field("load_ns", self.sample.load_ns);
        field("prefill_ns", self.sample.prefill_ns);
        field("first_token_ns", self.sample.first_token_ns);
        field("decode_ns", self.sample.decode_ns);
        field("batch_decode_ns", self.sample.batch_decode_ns);
        field("peak_memory_bytes", self.sample.peak_memory_bytes);
        field("cpu_ns", self.sample.cpu_ns);
        field("disk_bytes", self.sample.disk_bytes);
        field("model_type", self.model_type);
        field("model_size", self.model_size);
        field("n_parameters", self.n_parameters);
        field("build_commit", self.build_commit);
        field("build_number", self.build_number);
        field("cpu_info", self.cpu_info);
        field("gpu_info", self.gpu_info);
        field("backends", self.backends);
    }
};

/// measure_speed: loads a model beside what else is loaded, measures, and lets it go. To be asked
/// of a process that has done nothing else: its peak memory is then the model's. Progress counts
/// the parts.
struct MeasureSpeed {
    static constexpr std::string_view kName = "measure_speed";
    using Done = MeasuredSpeed;
    Load load{};
    Start start{};       ///< of the streams; their size is their own: batch_start
    int n_prompt = 512;  ///< tokens, at least 1
    int n_answer = 64;   ///< tokens, at least 1

    /// The context in which all streams decode.
    [[nodiscard]] Start batch_start() const { return sized(start.n_slots, n_answer); }
    /// The context of one stream, for the prompt and for one answer.
    [[nodiscard]] Start single_start() const {
        return sized(1, n_prompt > n_answer ? n_prompt : n_answer);
    }
    static void fields(auto& self, auto& field) {
        Load::fields(self.load, field);
        Start::fields(self.start, field);
        field("n_prompt", self.n_prompt);
        field("n_answer", self.n_answer);
    }

 private:
    [[nodiscard]] Start sized(int n_slots, int n_tokens) const {
        constexpr int kPadding = 256;  // of a stream, in llama.cpp
        Start out = start;
        out.n_slots = n_slots;
        out.stream_size = (n_tokens + kPadding - 1) / kPadding * kPadding;
        return out;
    }
};

}  // namespace assay::wire
