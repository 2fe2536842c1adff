#pragma once
// Names of llama.cpp's file types and KV-cache types.

#include <optional>
#include <string>
#include <string_view>

#include "ggml.h"
#include "llama.h"

namespace assay::engine {

/// "Q4_K_M" -> LLAMA_FTYPE_MOSTLY_Q4_K_M, in any case.
[[nodiscard]] std::optional<llama_ftype> ftype_of(std::string_view name);
/// The name of a file's general.file_type, "" for one that is not known.
[[nodiscard]] std::string name_of_ftype(std::uint32_t ftype);
/// A tensor's type as reports print it: "Q4_K", "F16".
[[nodiscard]] std::string to_upper_type_name(ggml_type type);
/// "f16", "q8_0" ... -> type of the KV cache.
[[nodiscard]] std::optional<ggml_type> cache_type_of(std::string_view name);

}  // namespace assay::engine
