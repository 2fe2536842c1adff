#include "assay/engine/gguf_file.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <string_view>

#include "assay/base/text.hpp"
#include "assay/engine/log.hpp"
#include "ggml.h"
#include "gguf.h"

namespace assay::engine {
namespace {

constexpr gguf_init_params kHeaderOnly{.no_alloc = true, .ctx = nullptr};
constexpr int kMostGgufs = 1000;  ///< that are counted in one file

struct FileClose {
    void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileClose>;

bool is_gguf_at(std::FILE* file, std::uint64_t offset) {
    std::array<char, 4> magic{};
    return fseeko(file, static_cast<off_t>(offset), SEEK_SET) == 0 &&
           std::fread(magic.data(), 1, magic.size(), file) == magic.size() &&
           std::string_view(magic.data(), magic.size()) == GGUF_MAGIC;
}

/// Where the next GGUF begins behind the one that begins at `start`; nothing if there is none. Some
/// writers fill up behind the last tensor, and some do not.
std::optional<std::uint64_t> start_of_next(const gguf_context* gguf,
                                           std::uint64_t start,
                                           std::FILE* file) {
    std::uint64_t size = gguf_get_data_offset(gguf) - start;
    const std::int64_t n_tensors = gguf_get_n_tensors(gguf);
    if (n_tensors > 0) {
        size += gguf_get_tensor_offset(gguf, n_tensors - 1) +
                gguf_get_tensor_size(gguf, n_tensors - 1);
    }
    for (const std::uint64_t end :
         {start + size, start + GGML_PAD(size, gguf_get_alignment(gguf))}) {
        if (end > start && is_gguf_at(file, end)) {
            return end;
        }
    }
    return std::nullopt;
}

}  // namespace

void GgufFree::operator()(gguf_context* context) const {
    gguf_free(context);
}

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

std::optional<bool> truth_at(const gguf_context* gguf, const std::string& key) {
    const std::int64_t id = gguf_find_key(gguf, key.c_str());
    if (id < 0 || gguf_get_kv_type(gguf, id) != GGUF_TYPE_BOOL) {
        return std::nullopt;
    }
    return gguf_get_val_bool(gguf, id);
}

bool has_key_below(const gguf_context* gguf, std::string_view start) {
    for (std::int64_t i = 0; i < gguf_get_n_kv(gguf); ++i) {
        if (std::string_view(gguf_get_key(gguf, i)).starts_with(start)) {
            return true;
        }
    }
    return false;
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
    Gguf gguf(gguf_init_from_file(path.c_str(), kHeaderOnly));
    if (!gguf) {
        const std::string errors = take_errors();
        return fail(fmt::format("is not a GGUF file that can be read{}",
                                errors.empty() ? "" : " (" + shorten(errors, 200) + ")"),
                    path,
                    "It may be damaged, or a download that was cut off: get it again.");
    }
    return gguf;
}

Result<bool> check_tensor_data(const gguf_context* gguf, const std::string& path) {
    const std::uint64_t size = std::filesystem::file_size(path);
    const std::uint64_t data = gguf_get_data_offset(gguf);
    for (std::int64_t i = 0; i < gguf_get_n_tensors(gguf); ++i) {
        if (data + gguf_get_tensor_offset(gguf, i) + gguf_get_tensor_size(gguf, i) > size) {
            return fail(
                fmt::format("is cut off: the data of tensor {} end behind the file's end ({})",
                            gguf_get_tensor_name(gguf, i),
                            format_bytes(size)),
                path,
                "Get the file again and compare its checksum.");
        }
    }
    return true;
}

int count_ggufs(const gguf_context* first, const std::string& path) {
    const File file(std::fopen(path.c_str(), "rb"));
    if (!file) {
        return 1;
    }
    int n = 1;
    Gguf owned;
    const gguf_context* gguf = first;
    std::uint64_t start = 0;
    while (gguf != nullptr && n < kMostGgufs) {
        const auto next = start_of_next(gguf, start, file.get());
        if (!next || fseeko(file.get(), static_cast<off_t>(*next), SEEK_SET) != 0) {
            break;
        }
        start = *next;
        ++n;
        owned.reset(gguf_init_from_file_ptr(file.get(), kHeaderOnly));
        gguf = owned.get();
    }
    static_cast<void>(take_errors());
    return n;
}

}  // namespace assay::engine
