#pragma once
// The quantization types that llama.cpp's llama-quantize makes (QUANT_OPTIONS of
// tools/quantize/quantize.cpp, v0.5.0).

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace assay::config {

struct QuantType {
    std::string_view name;       ///< "Q4_K_M"
    bool needs_imatrix = false;  ///< llama.cpp refuses to make it without an importance matrix
};

/// All of them, from wide to narrow.
[[nodiscard]] std::span<const QuantType> quant_types();

/// The type of that name, in any case; Q3_K, Q4_K and Q5_K are the _M ones, as in llama.cpp. Empty:
/// unknown.
[[nodiscard]] std::optional<QuantType> find_quant_type(std::string_view name);

/// "F32, F16, ...", for messages.
[[nodiscard]] std::string quant_type_list();

}  // namespace assay::config
