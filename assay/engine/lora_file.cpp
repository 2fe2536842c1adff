#include "assay/engine/lora_file.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>
#include <span>

#include "assay/base/text.hpp"
#include "assay/engine/model_file.hpp"
#include "assay/engine/types.hpp"
#include "ggml.h"
#include "gguf.h"

namespace assay::engine {
namespace {

constexpr const char*
    kConvert = "Make the adapter with llama.cpp's convert_lora_to_gguf.py, --outtype f16 or f32.";
constexpr const char* kOtherModel = "Give the adapter that was trained on this model.";
constexpr std::string_view kEnds[]{".lora_a", ".lora_b"};

std::string file_name(const std::string& path) {
    return std::filesystem::path(path).filename().string();
}

bool is_float(ggml_type type) {
    return type == GGML_TYPE_F32 || type == GGML_TYPE_F16 || type == GGML_TYPE_BF16;
}

std::span<const std::int64_t> shape_of(const gguf_context* gguf, std::int64_t id) {
    return {gguf_get_tensor_ne(gguf, id), GGML_MAX_DIMS};
}

/// "576 x 1536"
std::string shape_text(std::span<const std::int64_t> shape) {
    std::string out;
    std::size_t n = shape.size();
    while (n > 2 && shape[n - 1] == 1) {
        --n;
    }
    for (const std::int64_t size : shape.first(n)) {
        out += (out.empty() ? "" : " x ") + std::to_string(size);
    }
    return out;
}

Result<bool> check_metadata(const gguf_context* base,
                            const std::string& base_path,
                            const gguf_context* adapter,
                            const std::string& path) {
    const std::string type = string_at(adapter, "general.type").value_or("model");
    if (type != "adapter") {
        return fail(
            fmt::format("is no LoRA adapter (its general.type is \"{}\")", shorten(type, 40)),
            path,
            kConvert);
    }
    const std::string kind = string_at(adapter, "adapter.type").value_or("");
    if (kind != "lora") {
        return fail(fmt::format("is an adapter of type \"{}\", not a LoRA", shorten(kind, 40)),
                    path);
    }
    if (has_key_below(adapter, "adapter.alora.")) {
        return fail("is an activated LoRA: it changes the model only behind certain tokens",
                    path,
                    "assay compares models that are the same for the whole prompt.");
    }
    const std::string of_base = string_at(base, "general.architecture").value_or("");
    const std::string of_adapter = string_at(adapter, "general.architecture").value_or("");
    if (of_base != of_adapter) {
        return fail(fmt::format("is a LoRA adapter for architecture \"{}\", and {} is \"{}\"",
                                shorten(of_adapter, 40),
                                file_name(base_path),
                                shorten(of_base, 40)),
                    path,
                    kOtherModel);
    }
    return true;
}

Result<float> alpha_of(const gguf_context* gguf, const std::string& path) {
    const std::int64_t id = gguf_find_key(gguf, "adapter.lora.alpha");
    if (id < 0) {
        return 0.0F;
    }
    if (gguf_get_kv_type(gguf, id) != GGUF_TYPE_FLOAT32 ||
        !std::isfinite(gguf_get_val_f32(gguf, id))) {
        return fail("its alpha (adapter.lora.alpha) is no number", path, kConvert);
    }
    return gguf_get_val_f32(gguf, id);
}

/// The tensors A and B of each changed tensor, by its name; -1: there is none.
struct Halves {
    std::int64_t of[2] = {-1, -1};
};

Result<std::map<std::string, Halves>> halves_of(const gguf_context* gguf, const std::string& path) {
    std::map<std::string, Halves> out;
    for (std::int64_t i = 0; i < gguf_get_n_tensors(gguf); ++i) {
        const std::string_view name = gguf_get_tensor_name(gguf, i);
        const auto end = std::find_if(
            std::begin(kEnds), std::end(kEnds), [&](auto each) { return name.ends_with(each); });
        if (end == std::end(kEnds)) {
            return fail(fmt::format("holds the tensor {}, which is no part of a low-rank change: "
                                    "llama.cpp would leave it out",
                                    shorten(name, 80)),
                        path,
                        "Train the adapter without it (modules_to_save, bias and norms), or merge "
                        "it where it was trained.");
        }
        out[std::string(name.substr(0, name.size() - end->size()))].of[end - kEnds] = i;
    }
    if (out.empty()) {
        return fail("is a LoRA adapter without a tensor", path, kConvert);
    }
    for (const auto& [name, halves] : out) {
        if (halves.of[0] < 0 || halves.of[1] < 0) {
            return fail(fmt::format("has only one half of its change of {} ({})",
                                    shorten(name, 80),
                                    halves.of[0] < 0 ? kEnds[1] : kEnds[0]),
                        path,
                        kConvert);
        }
    }
    return out;
}

bool is_embedding(std::string_view name) {
    return name.starts_with("token_embd");
}

/// Where a model has no output matrix of its own, its token embeddings are that, too: an adapter of
/// them would change both, and it was trained on one.
Result<bool> check_embedding(const gguf_context* base,
                             const std::string& base_path,
                             const std::string& path) {
    if (gguf_find_tensor(base, "output.weight") >= 0) {
        return true;
    }
    return fail(fmt::format("changes the token embeddings, which {} uses as its output matrix, too",
                            file_name(base_path)),
                path,
                "Train the adapter without them, or merge it where it was trained.");
}

/// A is [n_in, rank] and B is [rank, n_out]; of token embeddings, which are looked up and not
/// multiplied, A is [rank, n_vocab] and B is [rank, n_embd].
bool has_shape(std::span<const std::int64_t> base,
               std::span<const std::int64_t> a,
               std::span<const std::int64_t> b,
               bool embedding) {
    const bool same_experts = base[2] == a[2] && base[2] == b[2] && base[3] == a[3] &&
                              base[3] == b[3];
    if (embedding) {
        return same_experts && a[0] == b[0] && base[0] == b[1] && base[1] == a[1];
    }
    return same_experts && a[1] == b[0] && base[0] == a[0] && base[1] == b[1];
}

Result<LoraPair> pair_of(const gguf_context* base,
                         const std::string& base_path,
                         const LoraAdapter& lora,
                         const std::string& name,
                         const Halves& halves) {
    LoraPair pair{gguf_find_tensor(base, name.c_str()), halves.of[0], halves.of[1], 0};
    if (pair.base < 0) {
        return fail(fmt::format("changes the tensor {}, which {} does not have",
                                shorten(name, 80),
                                file_name(base_path)),
                    lora.path,
                    kOtherModel);
    }
    const auto of_base = shape_of(base, pair.base);
    const auto a = shape_of(lora.gguf.get(), pair.a), b = shape_of(lora.gguf.get(), pair.b);
    if (!has_shape(of_base, a, b, is_embedding(name))) {
        return fail(fmt::format("its change of {} ({} and {}) does not fit the tensor of {}, which "
                                "has {} values",
                                shorten(name, 80),
                                shape_text(a),
                                shape_text(b),
                                file_name(base_path),
                                shape_text(of_base)),
                    lora.path,
                    kOtherModel);
    }
    if (is_embedding(name)) {
        if (auto checked = check_embedding(base, base_path, lora.path); !checked) {
            return tl::unexpected(checked.error());
        }
    }
    pair.rank = b[0];
    return pair;
}

}  // namespace

float LoraAdapter::factor(const LoraPair& pair, double scale) const {
    const auto own = static_cast<float>(scale);
    return alpha == 0.0F ? own : own * alpha / static_cast<float>(pair.rank);
}

Result<LoraAdapter> open_lora(const gguf_context* base,
                              const std::string& base_path,
                              const std::string& path) {
    Result<Gguf> gguf = open_gguf(path);
    if (!gguf) {
        return tl::unexpected(gguf.error());
    }
    LoraAdapter out{path, std::move(*gguf), 0, {}};
    if (auto checked = check_metadata(base, base_path, out.gguf.get(), path); !checked) {
        return tl::unexpected(checked.error());
    }
    if (auto checked = check_tensor_data(out.gguf.get(), path); !checked) {
        return tl::unexpected(checked.error());
    }
    const auto alpha = alpha_of(out.gguf.get(), path);
    if (!alpha) {
        return tl::unexpected(alpha.error());
    }
    out.alpha = *alpha;
    const auto halves = halves_of(out.gguf.get(), path);
    if (!halves) {
        return tl::unexpected(halves.error());
    }
    for (const auto& [name, both] : *halves) {
        auto pair = pair_of(base, base_path, out, name, both);
        if (!pair) {
            return tl::unexpected(pair.error());
        }
        out.pairs.push_back(*pair);
    }
    return out;
}

Result<LoraAdapter> open_lora_to_merge(const gguf_context* base,
                                       const std::string& base_path,
                                       const std::string& path) {
    auto lora = open_lora(base, base_path, path);
    if (!lora) {
        return lora;
    }
    const gguf_context* gguf = lora->gguf.get();
    for (std::int64_t i = 0; i < gguf_get_n_tensors(gguf); ++i) {
        if (const ggml_type type = gguf_get_tensor_type(gguf, i); !is_float(type)) {
            return fail(
                fmt::format("is quantized (its tensor {} is {}), and a merge would keep the "
                            "rounding",
                            gguf_get_tensor_name(gguf, i),
                            to_upper_type_name(type)),
                path,
                kConvert);
        }
    }
    return lora;
}

Result<Gguf> open_base_of_lora(const std::string& path) {
    const auto inspected = inspect_model(path);
    if (!inspected) {
        return tl::unexpected(inspected.error());
    }
    if (inspected->parts.size() > 1) {
        return fail(fmt::format("is a model in {} files, and an adapter is merged into one",
                                inspected->parts.size()),
                    path,
                    "Join them with `llama-gguf-split --merge FIRST-PART OUTPUT`.");
    }
    Result<Gguf> gguf = open_gguf(path);
    for (std::int64_t i = 0; gguf && i < gguf_get_n_tensors(gguf->get()); ++i) {
        const ggml_type type = gguf_get_tensor_type(gguf->get(), i);
        if (!is_float(type)) {
            return fail(fmt::format("is quantized (its tensor {} is {}), and an adapter is merged "
                                    "into a model that is not",
                                    gguf_get_tensor_name(gguf->get(), i),
                                    to_upper_type_name(type)),
                        path,
                        "Give the F16, BF16 or F32 original.");
        }
    }
    return gguf;
}

}  // namespace assay::engine
