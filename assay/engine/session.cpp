#include "assay/engine/session.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <array>
#include <cstdio>
#include <fstream>
#include <map>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/lora_file.hpp"
#include "assay/engine/model_file.hpp"
#include "assay/engine/output_head.hpp"
#include "assay/engine/types.hpp"
#include "common.h"
#include "ggml-backend.h"
#include "llama-ext.h"

namespace assay::engine {
namespace {

/// From so many rows a stream on, flash attention works in tiles, with other rounding.
constexpr int kRowsOfATile = 64;

llama_model_params model_params(const wire::Load& request) {
    llama_model_params params = llama_model_default_params();
    params.n_gpu_layers = request.n_gpu_layers;
    params.vocab_only = request.vocab_only;
    params.load_mode = LLAMA_LOAD_MODE_NONE;
    return params;
}

/// As llama.cpp's flags are read: a scale of 4 is a frequency scale of 1/4.
void set_rope(const RopeScaling& rope, llama_context_params& params) {
    static const std::map<std::string, llama_rope_scaling_type, std::less<>> kTypes{
        {"none", LLAMA_ROPE_SCALING_TYPE_NONE},
        {"linear", LLAMA_ROPE_SCALING_TYPE_LINEAR},
        {"yarn", LLAMA_ROPE_SCALING_TYPE_YARN}};
    if (const auto type = kTypes.find(rope.scaling); type != kTypes.end()) {
        params.rope_scaling_type = type->second;
    }
    if (rope.scale > 0) {
        params.rope_freq_scale = static_cast<float>(1 / rope.scale);
    }
    params.rope_freq_base = static_cast<float>(rope.freq_base);
    params.yarn_orig_ctx = static_cast<std::uint32_t>(std::max(0, rope.yarn_orig_ctx));
}

Result<llama_context_params> context_params(const wire::Start& request) {
    const auto type_k = cache_type_of(request.cache_type_k);
    const auto type_v = cache_type_of(request.cache_type_v);
    if (!type_k || !type_v) {
        return fail(fmt::format("unknown KV cache type \"{}\"",
                                type_k ? request.cache_type_v : request.cache_type_k),
                    {},
                    "Known: f32 f16 bf16 q8_0 q4_0 q4_1 iq4_nl q5_0 q5_1.");
    }
    if (request.reads() && (rows_of_a_piece(request) < static_cast<int>(kRowGroup) ||
                            request.draft_rows % static_cast<int>(kRowGroup) != 0 ||
                            request.draft_rows >= kRowsOfATile)) {
        return fail(fmt::format("a draft cannot be read in batches of {} rows, {} at most",
                                request.draft_rows,
                                request.n_ubatch),
                    {},
                    "It takes a multiple of 4 rows, and fewer than 64.");
    }
    llama_context_params params = llama_context_default_params();
    const auto n_slots = static_cast<std::uint32_t>(request.n_slots);
    params.n_ctx = n_slots * static_cast<std::uint32_t>(request.stream_size);
    params.n_seq_max = n_slots;
    params.n_ubatch = static_cast<std::uint32_t>(request.n_ubatch);
    params.n_batch = std::max(params.n_ubatch, n_slots);
    params.n_outputs_max = n_slots;
    if (request.reads()) {
        params.n_outputs_max = std::max(n_slots,
                                        static_cast<std::uint32_t>(rows_of_a_piece(request)));
    }
    params.n_threads = request.n_threads;
    params.n_threads_batch = request.n_threads;
    params.flash_attn_type = request.flash_attn ? LLAMA_FLASH_ATTN_TYPE_ENABLED
                                                : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    set_rope(request.rope, params);
    params.type_k = *type_k;
    params.type_v = *type_v;
    params.kv_unified = false;
    params.swa_full = true;  // a sliding window that forgets could not be cut back to the prefix
    params.no_perf = true;
    return params;
}

std::optional<std::int64_t> meta_integer(const llama_model* model, const std::string& key) {
    std::array<char, 64> buffer{};
    if (llama_model_meta_val_str(model, key.c_str(), buffer.data(), buffer.size()) < 0) {
        return std::nullopt;
    }
    return std::strtoll(buffer.data(), nullptr, 10);
}

std::string meta_text(const llama_model* model, const char* key) {
    std::array<char, 256> buffer{};
    return llama_model_meta_val_str(model, key, buffer.data(), buffer.size()) < 0
               ? std::string()
               : std::string(buffer.data());
}

bool has_long_rope(const llama_model* model) {
    const std::string architecture = meta_text(model, "general.architecture");
    return meta_text(model, (architecture + ".rope.scaling.type").c_str()) == "longrope" ||
           meta_integer(model, architecture + ".rope.scaling.original_context_length").value_or(0) >
               0;
}

/// The words of the fingerprint, with a 0 for what is not said. They never change: answers keep
/// their keys.
std::string rope_in_fingerprint(const RopeScaling& rope) {
    return fmt::format("RoPE scaling {}, scale {}, frequency base {}, trained for {} tokens",
                       rope.scaling,
                       rope.scale,
                       rope.freq_base,
                       rope.yarn_orig_ctx);
}

bool is_recurrent(const llama_model* model) {
    return llama_model_is_recurrent(model) || llama_model_is_hybrid(model);
}

Result<bool> check_generates(const llama_model* model, const std::string& path) {
    if (!llama_model_has_encoder(model) && llama_model_has_decoder(model) &&
        !llama_model_is_diffusion(model)) {
        return true;
    }
    return fail(fmt::format("architecture {} does not generate text token by token",
                            meta_text(model, "general.architecture")),
                path,
                "assay compares decoder-only language models.");
}

bool has_gpu() {
    for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        const auto type = ggml_backend_dev_type(ggml_backend_dev_get(i));
        if (type == GGML_BACKEND_DEVICE_TYPE_GPU || type == GGML_BACKEND_DEVICE_TYPE_IGPU) {
            return true;
        }
    }
    return false;
}

std::string vocabulary_sha256(const llama_vocab* vocab) {
    Sha256 hash;
    for (llama_token id = 0; id < llama_vocab_n_tokens(vocab); ++id) {
        const std::string_view text = llama_vocab_get_text(vocab, id);
        hash.update(fmt::format("{}:", text.size()));
        hash.update(text);
    }
    return hash.finish();
}

}  // namespace

wire::Hello describe_engine() {
    wire::Hello hello;
    hello.version = fmt::format(
        "{} (llama.cpp v{} {})", ASSAY_VERSION, llama_version(), ASSAY_LLAMA_COMMIT);
    hello.system_info = llama_print_system_info();
    for (std::size_t i = 0; i < ggml_backend_dev_count(); ++i) {
        ggml_backend_dev_t device = ggml_backend_dev_get(i);
        hello.devices.push_back(fmt::format(
            "{}: {}", ggml_backend_dev_name(device), ggml_backend_dev_description(device)));
    }
    hello.gpu = has_gpu();
    return hello;
}

Result<llama_model_ptr> load_model(const wire::Load& request) {
    if (auto inspected = inspect_model(request.path); !inspected) {
        return tl::unexpected(inspected.error());
    }
    static_cast<void>(take_errors());
    llama_model_ptr model(llama_model_load_from_file(request.path.c_str(), model_params(request)));
    if (!model) {
        const std::string errors = take_errors();
        return fail(fmt::format("the model cannot be loaded{}",
                                errors.empty() ? "" : ": " + shorten(errors, 300)),
                    request.path,
                    "If it is a format that llama.cpp v0.5.0 does not know, convert it anew; if it "
                    "is damaged, get it again.");
    }
    if (llama_vocab_type(llama_model_get_vocab(model.get())) == LLAMA_VOCAB_TYPE_NONE) {
        return fail("has no tokenizer", request.path);
    }
    if (auto checked = check_generates(model.get(), request.path); !checked) {
        return tl::unexpected(checked.error());
    }
    return model;
}

wire::Loaded describe_model(const llama_model* model) {
    const llama_vocab* vocab = llama_model_get_vocab(model);
    wire::Loaded out{llama_model_n_ctx_train(model),
                     llama_vocab_n_tokens(vocab),
                     is_recurrent(model),
                     has_long_rope(model),
                     llama_model_chat_template(model, nullptr) != nullptr};
    for (llama_token id = 0; id < llama_vocab_n_tokens(vocab); ++id) {
        if (llama_vocab_is_eog(vocab, id)) {
            out.end_tokens.push_back(id);
        }
    }
    out.vocabulary_sha256 = vocabulary_sha256(vocab);
    return out;
}

Result<llama_adapter_lora_ptr> open_adapter(llama_model* model,
                                            const std::string& model_path,
                                            const wire::Start& request) {
    if (request.lora.empty()) {
        return llama_adapter_lora_ptr();
    }
    const auto header = open_gguf(model_path);
    if (!header) {
        return tl::unexpected(header.error());
    }
    if (auto checked = open_lora(header->get(), model_path, request.lora); !checked) {
        return tl::unexpected(checked.error());
    }
    static_cast<void>(take_errors());
    llama_adapter_lora_ptr adapter(llama_adapter_lora_init(model, request.lora.c_str()));
    if (!adapter) {
        return fail("the adapter cannot be loaded: " + shorten(take_errors(), 300), request.lora);
    }
    return adapter;
}

Result<bool> apply_adapter(llama_context* context, llama_adapter_lora* adapter, double scale) {
    auto own_scale = static_cast<float>(scale);
    if (llama_set_adapters_lora(context, &adapter, 1, &own_scale) != 0) {
        return fail("the adapter cannot be applied: " + shorten(take_errors(), 300));
    }
    return true;
}

int rows_of_a_piece(const wire::Start& request) {
    constexpr auto kGroup = static_cast<int>(kRowGroup);
    return std::min(request.draft_rows, request.n_ubatch / kGroup * kGroup);
}

bool can_cut_back(const llama_model* model) {
    return !is_recurrent(model);
}

Result<llama_context_ptr> open_context(llama_model* model,
                                       const wire::Start& request,
                                       RowTap* tap) {
    auto params = context_params(request);
    if (!params) {
        return tl::unexpected(params.error());
    }
    if (tap != nullptr) {
        tap->listen(*params);
    }
    static_cast<void>(take_errors());
    llama_context_ptr context(llama_init_from_model(model, *params));
    if (context &&
        llama_n_ctx_seq(context.get()) != static_cast<std::uint32_t>(request.stream_size)) {
        return fail(fmt::format("the library made streams of {} tokens, not of {}",
                                llama_n_ctx_seq(context.get()),
                                request.stream_size));
    }
    if (!context) {
        const std::string errors = take_errors();
        return fail(fmt::format("no context of {} slots with {} tokens each could be made{}",
                                request.n_slots,
                                request.stream_size,
                                errors.empty() ? "" : ": " + shorten(errors, 300)),
                    {},
                    "If memory is short, lower --slots (8 is the least) or --ctx-size.");
    }
    return context;
}

wire::Started describe_start(const llama_model* model,
                             const wire::Start& request,
                             int n_gpu_layers) {
    const wire::Hello hello = describe_engine();
    const bool gpu = hello.gpu && n_gpu_layers != 0;
    // What was proven (docs/engine.md) holds for the CPU backend and a memory that can be cut back;
    // elsewhere the schedule is part of the key.
    const bool proven = !gpu && !is_recurrent(model) && !has_long_rope(model);
    // `recipe`: its flash attention, cache types, RoPE and adapter are written, all else is the
    // request's. `rope_words` writes its RoPE where that is scaled.
    const auto parts_with = [&](const wire::Start& recipe, auto rope_words) {
        std::vector<std::string> parts{
            "answer path 2",
            hello.version,
            std::string(trim(hello.system_info)),
            fmt::format("{}", fmt::join(hello.devices, ", ")),
            fmt::format("ubatch {}", request.n_ubatch),
            fmt::format("flash attention {}", recipe.flash_attn ? "on" : "off"),
            fmt::format("KV cache {}/{}", recipe.cache_type_k, recipe.cache_type_v),
            "repack on"};
        if (recipe.rope != RopeScaling()) {
            parts.push_back(rope_words(recipe.rope));
        }
        if (!recipe.lora.empty()) {
            parts.push_back(fmt::format(
                "LoRA adapter {} applied, scale {}", recipe.lora_sha256, recipe.lora_scale));
        }
        if (gpu) {
            parts.push_back(fmt::format("GPU layers {}", n_gpu_layers));
        }
        if (!proven) {
            parts.push_back(fmt::format("unproven: slots {}, stream {}, threads {}",
                                        request.n_slots,
                                        request.stream_size,
                                        request.n_threads));
        }
        return parts;
    };
    wire::Started started;
    started.fingerprint = sha256_of_fields(parts_with(wire::Start(), rope_in_fingerprint));
    started.answer_fingerprint = sha256_of_fields(parts_with(request, rope_in_fingerprint));
    started.description = fmt::format("{}", fmt::join(parts_with(request, describe_rope), "; "));
    started.proven = proven;
    started.reads_drafts = proven;  // a memory that can be cut back, on the CPU
    return started;
}

Result<wire::PredictedMemory> predict_memory(const wire::PredictMemory& request) {
    if (auto inspected = inspect_model(request.load.path); !inspected) {
        return tl::unexpected(inspected.error());
    }
    auto params = context_params(request.start);
    if (!params) {
        return tl::unexpected(params.error());
    }
    static_cast<void>(take_errors());
    llama_model_params load = model_params(request.load);
    load.no_alloc = true;
    const llama_model_ptr model(llama_model_load_from_file(request.load.path.c_str(), load));
    if (!model) {
        return fail("the model's metadata cannot be loaded: " + shorten(take_errors(), 300),
                    request.load.path);
    }
    if (auto checked = check_generates(model.get(), request.load.path); !checked) {
        return tl::unexpected(checked.error());
    }
    const llama_context_ptr context(llama_init_from_model(model.get(), *params));
    if (!context) {
        return fail("no context can be planned for it: " + shorten(take_errors(), 300),
                    request.load.path);
    }
    wire::PredictedMemory out;
    for (const auto& [type, data] : llama_get_memory_breakdown(context.get())) {
        out.model_bytes += data.model;
        out.context_bytes += data.context;
        out.compute_bytes += data.compute;
    }
    if (!request.start.head_model.empty()) {
        // The matrix, and the logits of a piece of a draft: of this model and of the baseline.
        const auto n_logits = static_cast<std::uint64_t>(rows_of_a_piece(request.start)) *
                              static_cast<std::uint64_t>(
                                  llama_vocab_n_tokens(llama_model_get_vocab(model.get())));
        out.model_bytes += OutputHead::bytes_in_file(request.start.head_model);
        out.compute_bytes += 2 * sizeof(float) * n_logits;
    }
    return out;
}

Result<std::vector<std::int32_t>> tokenize(const llama_model* model,
                                           const wire::Tokenize& request) {
    try {
        return common_tokenize(
            llama_model_get_vocab(model), request.text, request.add_special, request.parse_special);
    } catch (const std::exception& e) {
        return fail(fmt::format("the text cannot be tokenized: {}", e.what()));
    }
}

std::uint64_t peak_memory_bytes() {
    std::ifstream status("/proc/self/status");
    std::string line;
    while (std::getline(status, line)) {
        unsigned long long kib = 0;
        if (std::sscanf(line.c_str(), "VmHWM: %llu kB", &kib) == 1) {
            return kib * 1024;
        }
    }
    return 0;
}

}  // namespace assay::engine
