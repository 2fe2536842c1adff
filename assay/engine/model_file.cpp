#include "assay/engine/model_file.hpp"

#include <fmt/format.h>

#include <array>
#include <filesystem>
#include <memory>
#include <unordered_set>

#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "assay/engine/types.hpp"
#include "gguf.h"
#include "llama.h"

namespace assay::engine {
namespace {

struct GgufFree {
    void operator()(gguf_context* context) const { gguf_free(context); }
};
using Gguf = std::unique_ptr<gguf_context, GgufFree>;

constexpr std::int64_t kMaxLayers = 512;  // LLAMA_MAX_LAYERS: llama.cpp aborts above it

// The typed getters abort on another type, so each of these asks first.
std::optional<std::int64_t> integer_at(const gguf_context* gguf, const std::string& key) {
    const std::int64_t id = gguf_find_key(gguf, key.c_str());
    if (id < 0) {
        return std::nullopt;
    }
    switch (gguf_get_kv_type(gguf, id)) {
        case GGUF_TYPE_UINT8: return gguf_get_val_u8(gguf, id);
        case GGUF_TYPE_INT8: return gguf_get_val_i8(gguf, id);
        case GGUF_TYPE_UINT16: return gguf_get_val_u16(gguf, id);
        case GGUF_TYPE_INT16: return gguf_get_val_i16(gguf, id);
        case GGUF_TYPE_UINT32: return gguf_get_val_u32(gguf, id);
        case GGUF_TYPE_INT32: return gguf_get_val_i32(gguf, id);
        case GGUF_TYPE_UINT64: return static_cast<std::int64_t>(gguf_get_val_u64(gguf, id));
        case GGUF_TYPE_INT64: return gguf_get_val_i64(gguf, id);
        default: return std::nullopt;
    }
}

std::optional<std::string> string_at(const gguf_context* gguf, const std::string& key) {
    const std::int64_t id = gguf_find_key(gguf, key.c_str());
    if (id < 0 || gguf_get_kv_type(gguf, id) != GGUF_TYPE_STRING) {
        return std::nullopt;
    }
    return gguf_get_val_str(gguf, id);
}

Result<Gguf> open_gguf(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error)) {
        return fail("no such file", path, "Check the path.");
    }
    if (std::filesystem::is_directory(path, error)) {
        return fail("is a folder, not a GGUF file", path);
    }
    static_cast<void>(take_errors());
    Gguf gguf(
        gguf_init_from_file(path.c_str(), gguf_init_params{.no_alloc = true, .ctx = nullptr}));
    if (!gguf) {
        const std::string errors = take_errors();
        return fail(fmt::format("is not a GGUF file that can be read{}",
                                errors.empty() ? "" : " (" + shorten(errors, 200) + ")"),
                    path,
                    "It may be damaged, or a download that was cut off: get it again.");
    }
    return gguf;
}

/// Adds one part's tensors to `file`, and checks that their data lie inside the part.
Result<bool> add_tensors(const gguf_context* gguf, const std::string& path, ModelFile& file) {
    const std::uint64_t size = std::filesystem::file_size(path);
    file.size_bytes += size;
    const std::uint64_t data = gguf_get_data_offset(gguf);
    for (std::int64_t i = 0; i < gguf_get_n_tensors(gguf); ++i) {
        const std::uint64_t bytes = gguf_get_tensor_size(gguf, i);
        if (data + gguf_get_tensor_offset(gguf, i) + bytes > size) {
            return fail(
                fmt::format("is cut off: the data of tensor {} end behind the file's end ({})",
                            gguf_get_tensor_name(gguf, i),
                            format_bytes(size)),
                path,
                "Get the file again and compare its checksum.");
        }
        const ggml_type type = gguf_get_tensor_type(gguf, i);
        file.tensor_bytes += bytes;
        file.n_weights += bytes / ggml_type_size(type) *
                          static_cast<std::uint64_t>(ggml_blck_size(type));
        ++file.tensor_types[to_upper_type_name(type)];
    }
    return true;
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

Result<std::vector<std::string>> parts_of(const gguf_context* gguf, const std::string& path) {
    const std::int64_t n_parts = integer_at(gguf, "split.count").value_or(1);
    if (n_parts <= 1) {
        return std::vector<std::string>{path};
    }
    const auto n = static_cast<std::int32_t>(n_parts);
    std::array<char, 4096> buffer{};
    if (integer_at(gguf, "split.no").value_or(0) != 0 ||
        llama_split_prefix(buffer.data(), buffer.size(), path.c_str(), 0, n) <= 0) {
        return fail(fmt::format("is a part of a model in {} files, and not its first", n_parts),
                    path,
                    fmt::format("Name the first part (…-00001-of-{:05}.gguf).", n_parts));
    }
    const std::string prefix = buffer.data();
    std::vector<std::string> parts;
    for (std::int32_t i = 0; i < n; ++i) {
        llama_split_path(buffer.data(), buffer.size(), prefix.c_str(), i, n);
        parts.emplace_back(buffer.data());
    }
    return parts;
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
    const std::optional<std::string> architecture = string_at(gguf, "general.architecture");
    if (!architecture) {
        return fail("does not name its architecture (general.architecture)",
                    path,
                    "assay needs a complete model file.");
    }
    if (const auto type = string_at(gguf, "general.type"); type && *type != "model") {
        return fail(fmt::format("is a GGUF of type \"{}\", not a model", *type), path);
    }
    out.file.architecture = *architecture;
    out.file.context_length = integer_at(gguf, *architecture + ".context_length").value_or(0);
    out.file.has_chat_template = string_at(gguf, "tokenizer.chat_template").has_value();
    if (const auto ftype = integer_at(gguf, "general.file_type")) {
        out.file.file_type = name_of_ftype(static_cast<std::uint32_t>(*ftype));
    }

    auto parts = parts_of(gguf, path);
    if (!parts) {
        return tl::unexpected(parts.error());
    }
    out.parts = std::move(*parts);
    for (const std::string& part : out.parts) {
        if (part == path) {
            if (auto added = add_tensors(gguf, part, out.file); !added) {
                return tl::unexpected(added.error());
            }
            continue;
        }
        const Result<Gguf> other = open_gguf(part);
        if (!other) {
            return tl::unexpected(other.error());
        }
        if (auto added = add_tensors(other->get(), part, out.file); !added) {
            return tl::unexpected(added.error());
        }
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
