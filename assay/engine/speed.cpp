// How fast does a model load, read a prompt and write?
//
// Problem: a figure is of use only if it means what the same word means elsewhere, and if it is of
// the work that a run does.
//
// Model: the tests of llama-bench (llama.cpp v0.5.0, tools/llama-bench/llama-bench.cpp, test_prompt
// and test_gen). A prompt of random tokens with a BOS where the tokenizer wants one, from an empty
// memory, in pieces of n_ubatch tokens, with one row of logits. An answer of random tokens, one a
// step, from an empty memory, without the choice of tokens. Each is done once untimed before, as
// there: the whole prompt, and one token. The streams of a batch are those of the Answerer: a
// memory each, a row each in every step, every row an output.
//
// Invariant: what is timed ends with llama_synchronize, so nothing is left to be computed. Tokens
// come from a fixed seed: every variant gets the same.

#include "assay/engine/speed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "assay/base/random.hpp"
#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/sampler.hpp"
#include "assay/engine/session.hpp"
#include "build-info.h"
#include "llama-cpp.h"

namespace assay::engine {
namespace {

using Clock = std::chrono::steady_clock;

std::uint64_t ns_since(Clock::time_point start) {
    return static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - start).count());
}

std::uint64_t own_cpu_ns() {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000U +
           static_cast<std::uint64_t>(time.tv_nsec);
}

/// That this process had fetched from disks so far; -1: the system does not tell.
std::int64_t bytes_from_disk() {
    std::ifstream io("/proc/self/io");
    for (std::string line; std::getline(io, line);) {
        long long bytes = 0;
        if (std::sscanf(line.c_str(), "read_bytes: %lld", &bytes) == 1) {
            return bytes;
        }
    }
    return -1;
}

/// A context with a batch for it.
class TimedContext {
 public:
    static Result<std::unique_ptr<TimedContext>> open(llama_model* model,
                                                      llama_adapter_lora* adapter,
                                                      const wire::Start& start) {
        auto context = open_context(model, start, nullptr);
        if (!context) {
            return tl::unexpected<Failure>(context.error());
        }
        if (adapter != nullptr) {
            if (auto applied = apply_adapter(context->get(), adapter, start.lora_scale); !applied) {
                return tl::unexpected<Failure>(applied.error());
            }
        }
        return std::make_unique<TimedContext>(std::move(*context), start);
    }

    TimedContext(llama_context_ptr context, const wire::Start& start)
        : context_(std::move(context)),
          vocab_(llama_model_get_vocab(llama_get_model(context_.get()))),
          n_streams_(start.n_slots),
          n_ubatch_(start.n_ubatch),
          n_rows_(std::max(start.n_slots, start.n_ubatch)),
          batch_(llama_batch_init(n_rows_, 0, 1)) {}
    ~TimedContext() { llama_batch_free(batch_); }
    TimedContext(const TimedContext&) = delete;
    TimedContext& operator=(const TimedContext&) = delete;

    /// Nanoseconds that a prompt of random tokens takes. The logits of its last token are there
    /// afterwards.
    Result<std::uint64_t> read_prompt(int n_tokens) {
        llama_memory_clear(llama_get_memory(context_.get()), false);
        const auto start = Clock::now();
        for (int begin = 0; begin < n_tokens; begin += n_ubatch_) {
            const int end = std::min(begin + n_ubatch_, n_tokens);
            batch_.n_tokens = 0;
            for (int at = begin; at < end; ++at) {
                add(at == 0 ? first_token() : random_token(), at, 0, at + 1 == n_tokens);
            }
            if (auto done = decode("a prompt"); !done) {
                return tl::unexpected<Failure>(done.error());
            }
        }
        return ns_since(start);
    }

    /// Nanoseconds that `n_tokens` tokens of every stream take.
    Result<std::uint64_t> write(int n_tokens) {
        llama_memory_clear(llama_get_memory(context_.get()), false);
        std::vector<std::int32_t> next(static_cast<std::size_t>(n_streams_), first_token());
        const auto start = Clock::now();
        for (int at = 0; at < n_tokens; ++at) {
            batch_.n_tokens = 0;
            for (int stream = 0; stream < n_streams_; ++stream) {
                add(next[static_cast<std::size_t>(stream)], at, stream, true);
            }
            if (auto done = decode("a step"); !done) {
                return tl::unexpected<Failure>(done.error());
            }
            for (std::int32_t& token : next) {
                token = random_token();
            }
        }
        return ns_since(start);
    }

    /// Chooses as a greedy answer does; false: the logits are no numbers.
    [[nodiscard]] bool choose_first_token() const {
        const float* logits = llama_get_logits_ith(context_.get(), -1);
        return logits != nullptr && Sampler({}, {}, {}, vocab_).choose(logits).finite;
    }

 private:
    void add(std::int32_t token, int position, int stream, bool is_output) {
        ASSAY_CHECK(batch_.n_tokens < n_rows_);
        const std::int32_t at = batch_.n_tokens++;
        batch_.token[at] = token;
        batch_.pos[at] = position;
        batch_.n_seq_id[at] = 1;
        batch_.seq_id[at][0] = stream;
        batch_.logits[at] = is_output ? 1 : 0;
    }

    Result<bool> decode(const char* what) {
        if (const int code = llama_decode(context_.get(), batch_); code != 0) {
            return fail(fmt::format(
                "{} could not be computed ({}): {}", what, code, shorten(take_errors(), 300)));
        }
        llama_synchronize(context_.get());
        return true;
    }

    [[nodiscard]] std::int32_t random_token() {
        return static_cast<std::int32_t>(
            tokens_.below(static_cast<std::uint64_t>(llama_vocab_n_tokens(vocab_))));
    }
    [[nodiscard]] std::int32_t first_token() {
        return llama_vocab_get_add_bos(vocab_) ? llama_vocab_bos(vocab_) : random_token();
    }

    llama_context_ptr context_;
    const llama_vocab* vocab_;
    int n_streams_;
    int n_ubatch_;
    int n_rows_;  ///< that the batch has room for
    llama_batch batch_;
    Rng tokens_{0, "speed"};
};

/// Descriptions of the devices of two types, as llama-bench joins them.
std::string devices_of(enum ggml_backend_dev_type one, enum ggml_backend_dev_type other) {
    std::string out;
    for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        const auto type = ggml_backend_dev_type(device);
        if (type == one || type == other) {
            out += (out.empty() ? "" : ", ") + std::string(ggml_backend_dev_description(device));
        }
    }
    return out;
}

std::string backends() {
    std::string out;
    for (std::size_t i = 0; i < ggml_backend_reg_count(); ++i) {
        const std::string name = ggml_backend_reg_name(ggml_backend_reg_get(i));
        if (name != "CPU") {
            out += (out.empty() ? "" : ",") + name;
        }
    }
    return out.empty() ? "CPU" : out;
}

void describe(const llama_model* model, wire::MeasuredSpeed& out) {
    std::array<char, 128> type{};
    llama_model_desc(model, type.data(), type.size());
    out.model_type = type.data();
    out.model_size = llama_model_size(model);
    out.n_parameters = llama_model_n_params(model);
    out.build_commit = llama_commit();
    out.build_number = llama_build_number();
    out.cpu_info = devices_of(GGML_BACKEND_DEVICE_TYPE_CPU, GGML_BACKEND_DEVICE_TYPE_ACCEL);
    out.gpu_info = devices_of(GGML_BACKEND_DEVICE_TYPE_GPU, GGML_BACKEND_DEVICE_TYPE_IGPU);
    out.backends = backends();
}

/// The parts of one measurement, in their order.
class SpeedMeter {
 public:
    SpeedMeter(const wire::MeasureSpeed& request, wire::MeasuredSpeed& out)
        : request_(request), out_(out) {}

    Result<bool> load() {
        const std::int64_t disk = bytes_from_disk();
        const auto start = Clock::now();
        auto model = load_model(request_.load);
        if (!model) {
            return tl::unexpected<Failure>(model.error());
        }
        model_ = std::move(*model);
        auto adapter = open_adapter(model_.get(), request_.load.path, request_.start);
        if (!adapter) {
            return tl::unexpected<Failure>(adapter.error());
        }
        adapter_ = std::move(*adapter);
        out_.sample.load_ns = ns_since(start);
        out_.sample.disk_bytes = disk < 0 ? -1 : bytes_from_disk() - disk;
        describe(model_.get(), out_);
        return open(request_.single_start());
    }

    Result<bool> prefill() {
        if (auto warm = context_->read_prompt(request_.n_prompt); !warm) {
            return tl::unexpected<Failure>(warm.error());
        }
        const auto start = Clock::now();
        const auto took = context_->read_prompt(request_.n_prompt);
        if (!took) {
            return tl::unexpected<Failure>(took.error());
        }
        if (!context_->choose_first_token()) {
            return fail(
                "gives numbers that are not finite: its weights are damaged, or its "
                "quantization failed",
                request_.load.path,
                "Get it again, or make it anew.");
        }
        out_.sample.first_token_ns = ns_since(start);
        out_.sample.prefill_ns = *took;
        return true;
    }

    Result<bool> decode() { return write(out_.sample.decode_ns); }

    Result<bool> decode_batch() {
        context_.reset();
        if (auto opened = open(request_.batch_start()); !opened) {
            return opened;
        }
        return write(out_.sample.batch_decode_ns);
    }

 private:
    Result<bool> open(const wire::Start& start) {
        auto context = TimedContext::open(model_.get(), adapter_.get(), start);
        if (!context) {
            return tl::unexpected<Failure>(context.error());
        }
        context_ = std::move(*context);
        return true;
    }

    Result<bool> write(std::uint64_t& ns) {
        for (const int n_tokens : {1, request_.n_answer}) {
            const auto took = context_->write(n_tokens);
            if (!took) {
                return tl::unexpected<Failure>(took.error());
            }
            ns = *took;
        }
        return true;
    }

    const wire::MeasureSpeed& request_;
    wire::MeasuredSpeed& out_;
    llama_model_ptr model_;
    llama_adapter_lora_ptr adapter_;
    std::unique_ptr<TimedContext> context_;
};

}  // namespace

Result<wire::MeasuredSpeed> measure_speed(
    const wire::MeasureSpeed& request,
    const std::function<void(std::uint64_t, std::uint64_t)>& on_part) {
    if (request.n_prompt < 1 || request.n_answer < 1 || request.start.n_slots < 1) {
        return fail("a prompt, an answer and streams of at least 1 are needed");
    }
    const std::uint64_t cpu = own_cpu_ns();
    wire::MeasuredSpeed out;
    SpeedMeter meter(request, out);
    constexpr std::array kParts{
        &SpeedMeter::load, &SpeedMeter::prefill, &SpeedMeter::decode, &SpeedMeter::decode_batch};
    for (std::size_t i = 0; i < kParts.size(); ++i) {
        if (auto done = (meter.*kParts[i])(); !done) {
            return tl::unexpected<Failure>(done.error());
        }
        on_part(i + 1, kParts.size());
    }
    out.sample.peak_memory_bytes = peak_memory_bytes();
    out.sample.cpu_ns = own_cpu_ns() - cpu;
    return out;
}

}  // namespace assay::engine
