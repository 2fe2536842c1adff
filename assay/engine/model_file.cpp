#include "assay/engine/model_file.hpp"

#include <fmt/format.h>

#include <filesystem>
#include <unordered_set>

#include "assay/base/text.hpp"
#include "assay/engine/gguf_file.hpp"
#include "assay/engine/gguf_kind.hpp"
#include "assay/engine/gguf_split.hpp"
#include "assay/engine/types.hpp"
#include "ggml.h"
#include "gguf.h"

namespace assay::engine {
namespace {

constexpr std::int64_t kMaxLayers = 512;  // LLAMA_MAX_LAYERS: llama.cpp aborts above it

/// Adds one part's tensors to `file`, and checks that their data lie inside the part.
Result<bool> add_tensors(const gguf_context* gguf, const std::string& path, ModelFile& file) {
    if (auto checked = check_tensor_data(gguf, path); !checked) {
        return checked;
    }
    file.size_bytes += std::filesystem::file_size(path);
    for (std::int64_t i = 0; i < gguf_get_n_tensors(gguf); ++i) {
        const std::uint64_t bytes = gguf_get_tensor_size(gguf, i);
        const ggml_type type = gguf_get_tensor_type(gguf, i);
        file.tensor_bytes += bytes;
        file.n_weights += bytes / ggml_type_size(type) *
                          static_cast<std::uint64_t>(ggml_blck_size(type));
        ++file.tensor_types[to_upper_type_name(type)];
    }
    return true;
}

/// Values of one head in the K or V cache, as llama.cpp has them by default; 0: not said, or not
/// the same in all layers.
std::int64_t head_size(const gguf_context* gguf, const std::string& architecture, const char* key) {
    if (const auto own = integer_at(gguf, architecture + key)) {
        return *own;
    }
    const auto n_embd = integer_at(gguf, architecture + ".embedding_length");
    const auto n_heads = integer_at(gguf, architecture + ".attention.head_count");
    return n_embd && n_heads && *n_heads > 0 ? *n_embd / *n_heads : 0;
}

/// llama.cpp aborts on a vocabulary that holds a token twice.
Result<bool> check_vocabulary(const gguf_context* gguf, const std::string& path) {
    const std::int64_t id = gguf_find_key(gguf, "tokenizer.ggml.tokens");
    if (id < 0 || gguf_get_kv_type(gguf, id) != GGUF_TYPE_ARRAY ||
        gguf_get_arr_type(gguf, id) != GGUF_TYPE_STRING) {
        return fail("has no vocabulary (tokenizer.ggml.tokens)",
                    path,
                    "assay needs a complete model file.");
    }
    std::unordered_set<std::string_view> seen;
    const std::size_t n = gguf_get_arr_n(gguf, id);
    seen.reserve(n);
    for (std::size_t i = 0; i < n; ++i) {
        const std::string_view token = gguf_get_arr_str(gguf, id, i);
        if (!seen.insert(token).second) {
            return fail(
                fmt::format(
                    "token {} (\"{}\") stands twice in its vocabulary", i, shorten(token, 40)),
                path,
                "The file is damaged.");
        }
    }
    return true;
}

}  // namespace

Result<wire::Inspected> inspect_model(const std::string& path) {
    const Result<Gguf> first = open_gguf(path);
    if (!first) {
        return tl::unexpected(first.error());
    }
    const gguf_context* gguf = first->get();

    wire::Inspected out;
    out.file.path = path;
    if (auto checked = check_is_language_model(gguf, path); !checked) {
        return tl::unexpected(checked.error());
    }
    // Parts but the first hold nothing but their numbers, so this comes before what they lack.
    auto parts = parts_of(gguf, path);
    if (!parts) {
        return tl::unexpected(parts.error());
    }
    out.parts = std::move(*parts);
    const std::optional<std::string> architecture = string_at(gguf, "general.architecture");
    if (!architecture) {
        return fail("does not name its architecture (general.architecture)",
                    path,
                    "assay needs a complete model file.");
    }
    out.file.architecture = *architecture;
    out.file.context_length = integer_at(gguf, *architecture + ".context_length").value_or(0);
    out.n_embd_head_k = head_size(gguf, *architecture, ".attention.key_length");
    out.n_embd_head_v = head_size(gguf, *architecture, ".attention.value_length");
    out.file.has_chat_template = string_at(gguf, "tokenizer.chat_template").has_value();
    if (const auto ftype = integer_at(gguf, "general.file_type")) {
        out.file.file_type = name_of_ftype(static_cast<std::uint32_t>(*ftype));
    }

    if (auto added = add_tensors(gguf, path, out.file); !added) {
        return tl::unexpected(added.error());
    }
    std::int64_t n_tensors = gguf_get_n_tensors(gguf);
    for (std::size_t i = 1; i < out.parts.size(); ++i) {
        const Result<Gguf> part = open_part(gguf, out.parts[i], i + 1);
        if (!part) {
            return tl::unexpected(part.error());
        }
        if (auto added = add_tensors(part->get(), out.parts[i], out.file); !added) {
            return tl::unexpected(added.error());
        }
        n_tensors += gguf_get_n_tensors(part->get());
    }
    if (auto checked = check_all_tensors(gguf, n_tensors, path); !checked) {
        return tl::unexpected(checked.error());
    }
    if (out.file.tensor_types.empty()) {
        return fail("holds a vocabulary but no weights", path, "Give the model itself.");
    }

    out.file.n_layers = integer_at(gguf, *architecture + ".block_count").value_or(0);
    if (out.file.n_layers < 1 || out.file.n_layers > kMaxLayers) {
        return fail(
            fmt::format(
                "says that it has {} layers ({}.block_count)", out.file.n_layers, *architecture),
            path,
            "The file is damaged.");
    }
    if (auto checked = check_vocabulary(gguf, path); !checked) {
        return tl::unexpected(checked.error());
    }
    return out;
}

}  // namespace assay::engine
