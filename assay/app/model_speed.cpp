// The speed of a baseline and its variants.
//
// Problem: a machine is not the same from minute to minute. Processors slow down when they are hot,
// and other programs come and go. Two models that are measured one after the other differ by that,
// too.
//
// Model: rounds. In each round every model is measured once, and the order moves on by one from
// round to round. A ratio is that of two measurements of one round. Every measurement has an engine
// process of its own, which loads the model, measures and ends. So one model at a time is in
// memory, load times are repeated as often as the rest, and the peak of memory is that model's. It
// costs a load a measurement: the file is in the page cache then, and llama.cpp copies it in less
// time than a prompt takes (docs/speed.md).
//
// Invariant: all that can be refused is refused before the first measurement: files, contexts,
// recipes, memory. The engine warms up before each timed part.

#include "assay/app/model_speed.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "assay/app/engine_start.hpp"
#include "assay/app/named_models.hpp"
#include "assay/app/or_throw.hpp"
#include "assay/base/clock.hpp"
#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/llm/engine.hpp"
#include "assay/llm/engine_process.hpp"
#include "assay/llm/machine_load.hpp"
#include "assay/variants/merge_lora.hpp"
#include "assay/wire/speed.hpp"

namespace assay::app {
namespace {

/// A load that fetched more than this part of the file from the disk was no load from the cache.
constexpr double kCold = 0.01;
constexpr std::uint64_t kPartsOfAMeasurement = 4;

class SpeedMeasurement {
 public:
    SpeedMeasurement(const SpeedRequest& request,
                     const std::atomic<bool>& cancel,
                     Progress& progress)
        : request_(request),
          progress_(progress),
          engine_(llm::find_engine(request.engine), cancel),
          meter_(llm::find_engine(request.engine), cancel) {}

    SpeedMeasured run() {
        out_.host = describe_host();
        out_.settings = request_.settings;
        out_.n_rounds = request_.n_rounds;
        out_.n_threads = request_.n_threads > 0 ? request_.n_threads : out_.host.n_cores;
        out_.n_gpu_layers = request_.n_gpu_layers;
        out_.engine = or_throw(engine_.hello()).version;
        resolve();
        check_memory();
        engine_.stop();  // what it holds is not to stand beside what is measured
        progress_.begin(
            fmt::format("{} rounds of {} models", out_.n_rounds, out_.variants.size()),
            static_cast<std::uint64_t>(out_.n_rounds) * out_.variants.size() * kPartsOfAMeasurement,
            "parts");
        for (int round = 0; round < out_.n_rounds; ++round) {
            measure_round(static_cast<std::size_t>(round));
        }
        progress_.finish("");
        note_doubts();
        return std::move(out_);
    }

 private:
    void resolve();
    void add(const VariantSpec& spec, const ModelFile* source);
    [[nodiscard]] ModelWorkshop workshop() { return {engine_, progress_, out_.n_threads}; }
    [[nodiscard]] const ModelFile& source_of(const VariantSpec& spec);
    void check_context(const SpeedVariant& variant) const;
    void check_caches(const SpeedVariant& variant);
    [[nodiscard]] wire::MeasureSpeed request_for(const SpeedVariant& variant) const;
    [[nodiscard]] std::uint64_t memory_of(const SpeedVariant& variant, const wire::Start& start);
    void check_memory();
    void measure_round(std::size_t round);
    void measure(SpeedVariant& variant);
    void keep_load(const std::optional<llm::CpuTicks>& before,
                   std::chrono::duration<double> wall,
                   std::uint64_t own_cpu_ns);
    void note_doubts();

    const SpeedRequest& request_;
    Progress& progress_;
    llm::Engine engine_;  ///< for headers and quantization
    llm::Engine meter_;
    SpeedMeasured out_;
    std::optional<ModelFile> plain_baseline_;  ///< without its adapters, once it was needed
};

void SpeedMeasurement::resolve() {
    out_.variants.reserve(request_.variants.size() + 1);
    add(request_.baseline, nullptr);
    for (const VariantSpec& spec : request_.variants) {
        add(spec, &source_of(spec));
    }
}

/// What a type is made of: the baseline's file, which an adapter is merged into, or where that is
/// applied at run time, the file before.
const ModelFile& SpeedMeasurement::source_of(const VariantSpec& spec) {
    if (!spec.applies_lora()) {
        return out_.variants.front().file;
    }
    if (!plain_baseline_) {
        VariantSpec plain = request_.baseline;
        plain.source = FileSource{plain.file()};
        plain_baseline_ = file_of_model(plain, nullptr, workshop());
    }
    return *plain_baseline_;
}

void SpeedMeasurement::add(const VariantSpec& spec, const ModelFile* source) {
    SpeedVariant variant;
    variant.name = spec.name;
    variant.recipe = spec.recipe;
    variant.file = file_of_model(spec, source, workshop());
    if (spec.applies_lora()) {
        variant.lora = variants::resolve_lora(
            request_.baseline.merged_lora().front(),
            [](const std::string& path) { return or_throw(sha256_of_file(path)); });
    }
    check_context(variant);
    check_caches(variant);
    out_.variants.push_back(std::move(variant));
}

void SpeedMeasurement::check_context(const SpeedVariant& variant) const {
    const double scale = variant.recipe.rope.scale > 0 ? variant.recipe.rope.scale : 1.0;
    const auto trained = static_cast<std::int64_t>(
        static_cast<double>(variant.file.context_length) * scale);
    const auto check = [&](const char* what, const char* flag, int n_tokens) {
        if (trained > 0 && n_tokens > trained) {
            throw_usage(fmt::format("{} of {} tokens is longer than the context of {} that {} was "
                                    "trained for",
                                    what,
                                    n_tokens,
                                    trained,
                                    variant.name),
                        variant.file.path,
                        fmt::format("Take fewer: {} {}.", flag, trained));
        }
    };
    check("a prompt", "--prompt-tokens", out_.settings.n_prompt);
    check("an answer", "--answer-tokens", out_.settings.n_answer);
}

void SpeedMeasurement::check_caches(const SpeedVariant& variant) {
    const wire::Inspected inspected = or_throw(engine_.inspect(variant.file.path));
    for (const std::string& complaint :
         {complaint_of_cache("cache-type-k", variant.recipe.cache_type_k, inspected.n_embd_head_k),
          complaint_of_cache(
              "cache-type-v", variant.recipe.cache_type_v, inspected.n_embd_head_v)}) {
        if (!complaint.empty()) {
            throw_usage(fmt::format("{}: {}", variant.name, complaint),
                        variant.file.path,
                        "Write f16, bf16 or f32.");
        }
    }
}

wire::MeasureSpeed SpeedMeasurement::request_for(const SpeedVariant& variant) const {
    wire::MeasureSpeed request;
    request.load = {variant.file.path, false, out_.n_gpu_layers};
    request.start.n_slots = out_.settings.n_streams;
    request.start.n_ubatch = out_.settings.n_ubatch;
    request.start.n_threads = out_.n_threads;
    request.start = with_recipe(request.start, variant.recipe);
    if (variant.lora) {
        request.start.lora = variant.lora->path;
        request.start.lora_sha256 = variant.lora->sha256;
        request.start.lora_scale = variant.lora->scale;
    }
    request.n_prompt = out_.settings.n_prompt;
    request.n_answer = out_.settings.n_answer;
    return request;
}

std::uint64_t SpeedMeasurement::memory_of(const SpeedVariant& variant, const wire::Start& start) {
    const auto predicted = engine_.predict_memory(
        {{variant.file.path, false, out_.n_gpu_layers}, start});
    if (!predicted) {
        throw_usage(fmt::format("{}: it cannot be run with {}: {}",
                                variant.name,
                                describe_recipe(variant.recipe),
                                predicted.error().message),
                    variant.file.path,
                    predicted.error().remedy);
    }
    return predicted->model_bytes + predicted->context_bytes + predicted->compute_bytes;
}

void SpeedMeasurement::check_memory() {
    // What is predicted leaves out some: the process itself, vocabularies, graphs.
    const std::uint64_t room = out_.host.memory_available_bytes / 10 * 9;
    for (SpeedVariant& variant : out_.variants) {
        const wire::MeasureSpeed request = request_for(variant);
        const std::uint64_t needed = std::max(memory_of(variant, request.single_start()),
                                              memory_of(variant, request.batch_start()));
        variant.predicted_memory_bytes = needed;
        if (room > 0 && needed > room) {
            throw_operational(
                fmt::format("{} needs {} of memory, and {} can be taken, nine tenths of what is "
                            "available",
                            variant.name,
                            format_bytes(needed),
                            format_bytes(room)),
                variant.file.path,
                "Close other programs, or lower --batch, --answer-tokens or --prompt-tokens.");
        }
    }
}

/// Every model once. The one that begins is another one in each round.
void SpeedMeasurement::measure_round(std::size_t round) {
    for (std::size_t i = 0; i < out_.variants.size(); ++i) {
        measure(out_.variants[(round + i) % out_.variants.size()]);
    }
}

void SpeedMeasurement::measure(SpeedVariant& variant) {
    progress_.status(variant.name);
    const auto before = llm::cpu_ticks_now();
    const auto begun = std::chrono::steady_clock::now();
    std::uint64_t n_done = 0;
    const wire::MeasuredSpeed measured = or_throw(
        meter_.measure_speed(request_for(variant), [&](std::uint64_t done, std::uint64_t) {
            progress_.advance(done - n_done);
            n_done = done;
        }));
    keep_load(before, std::chrono::steady_clock::now() - begun, measured.sample.cpu_ns);
    meter_.stop();  // the next one is to find an empty process, and no other beside it
    variant.samples.push_back(measured.sample);
    variant.model = {variant.file.path,
                     measured.model_type,
                     measured.model_size,
                     measured.n_parameters,
                     variant.recipe,
                     out_.n_threads,
                     out_.n_gpu_layers,
                     measured.build_commit,
                     measured.build_number,
                     measured.cpu_info,
                     measured.gpu_info,
                     measured.backends,
                     utc_now()};
}

/// What all processes did in a measurement's time, less what the engine did.
void SpeedMeasurement::keep_load(const std::optional<llm::CpuTicks>& before,
                                 std::chrono::duration<double> wall,
                                 std::uint64_t own_cpu_ns) {
    const auto after = llm::cpu_ticks_now();
    const auto busy = before && after ? llm::busy_cores_between(*before, *after) : std::nullopt;
    if (!busy || !(wall.count() > 0)) {
        return;
    }
    const double others = *busy - static_cast<double>(own_cpu_ns) / 1e9 / wall.count();
    ++out_.load.n_known;
    out_.load.n_loaded += others > kQuietCores;
    out_.load.most_cores = std::max(out_.load.most_cores, others);
}

void SpeedMeasurement::note_doubts() {
    if (out_.load.n_loaded > 0) {
        out_.notes.push_back(fmt::format(
            "the machine was not quiet: in {} of {} measurements other programs kept more than {} "
            "of a core busy, up to {:.1f} cores. Rates are lower than on a quiet machine, "
            "intervals wider, and "
            "a difference may be theirs",
            out_.load.n_loaded,
            out_.load.n_known,
            kQuietCores,
            out_.load.most_cores));
    }
    if (out_.load.n_known == 0) {
        out_.notes.push_back(
            "the system does not tell whether other programs ran beside the measurements");
    }
    for (const SpeedVariant& variant : out_.variants) {
        const auto n_cold = std::count_if(
            variant.samples.begin(), variant.samples.end(), [&](const SpeedSample& sample) {
                return static_cast<double>(sample.disk_bytes) >
                       kCold * static_cast<double>(variant.file.size_bytes);
            });
        if (n_cold > 0) {
            out_.notes.push_back(
                fmt::format("{}: in {} of {} rounds the file was not all in the page cache, so the "
                            "load time is partly the disk's",
                            variant.name,
                            n_cold,
                            out_.n_rounds));
        }
        if (variant.lora) {
            out_.notes.push_back(
                fmt::format("{}: the baseline's LoRA adapter is applied to it at run time, scale "
                            "{}; in the baseline it is merged",
                            variant.name,
                            variant.lora->scale));
        }
        if (variant.recipe != out_.variants.front().recipe) {
            out_.notes.push_back(fmt::format("{}: run with {}, and the baseline with {}",
                                             variant.name,
                                             describe_recipe(variant.recipe),
                                             describe_recipe(out_.variants.front().recipe)));
        }
    }
}

}  // namespace

SpeedMeasured measure_speed(const SpeedRequest& request,
                            const std::atomic<bool>& cancel,
                            Progress& progress) {
    return SpeedMeasurement(request, cancel, progress).run();
}

}  // namespace assay::app
