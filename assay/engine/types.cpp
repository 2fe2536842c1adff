#include "assay/engine/types.hpp"

#include <array>
#include <utility>

#include "assay/base/text.hpp"

namespace assay::engine {
namespace {

constexpr std::array kFileTypes = std::to_array<std::pair<std::string_view, llama_ftype>>({
    {"F32", LLAMA_FTYPE_ALL_F32},
    {"F16", LLAMA_FTYPE_MOSTLY_F16},
    {"BF16", LLAMA_FTYPE_MOSTLY_BF16},
    {"Q1_0", LLAMA_FTYPE_MOSTLY_Q1_0},
    {"Q2_0", LLAMA_FTYPE_MOSTLY_Q2_0},
    {"Q4_0", LLAMA_FTYPE_MOSTLY_Q4_0},
    {"Q4_1", LLAMA_FTYPE_MOSTLY_Q4_1},
    {"Q5_0", LLAMA_FTYPE_MOSTLY_Q5_0},
    {"Q5_1", LLAMA_FTYPE_MOSTLY_Q5_1},
    {"Q8_0", LLAMA_FTYPE_MOSTLY_Q8_0},
    {"Q2_K", LLAMA_FTYPE_MOSTLY_Q2_K},
    {"Q2_K_S", LLAMA_FTYPE_MOSTLY_Q2_K_S},
    {"Q3_K_S", LLAMA_FTYPE_MOSTLY_Q3_K_S},
    {"Q3_K_M", LLAMA_FTYPE_MOSTLY_Q3_K_M},
    {"Q3_K_L", LLAMA_FTYPE_MOSTLY_Q3_K_L},
    {"Q4_K_S", LLAMA_FTYPE_MOSTLY_Q4_K_S},
    {"Q4_K_M", LLAMA_FTYPE_MOSTLY_Q4_K_M},
    {"Q5_K_S", LLAMA_FTYPE_MOSTLY_Q5_K_S},
    {"Q5_K_M", LLAMA_FTYPE_MOSTLY_Q5_K_M},
    {"Q6_K", LLAMA_FTYPE_MOSTLY_Q6_K},
    {"IQ1_S", LLAMA_FTYPE_MOSTLY_IQ1_S},
    {"IQ1_M", LLAMA_FTYPE_MOSTLY_IQ1_M},
    {"IQ2_XXS", LLAMA_FTYPE_MOSTLY_IQ2_XXS},
    {"IQ2_XS", LLAMA_FTYPE_MOSTLY_IQ2_XS},
    {"IQ2_S", LLAMA_FTYPE_MOSTLY_IQ2_S},
    {"IQ2_M", LLAMA_FTYPE_MOSTLY_IQ2_M},
    {"IQ3_XXS", LLAMA_FTYPE_MOSTLY_IQ3_XXS},
    {"IQ3_XS", LLAMA_FTYPE_MOSTLY_IQ3_XS},
    {"IQ3_S", LLAMA_FTYPE_MOSTLY_IQ3_S},
    {"IQ3_M", LLAMA_FTYPE_MOSTLY_IQ3_M},
    {"IQ4_NL", LLAMA_FTYPE_MOSTLY_IQ4_NL},
    {"IQ4_XS", LLAMA_FTYPE_MOSTLY_IQ4_XS},
    {"TQ1_0", LLAMA_FTYPE_MOSTLY_TQ1_0},
    {"TQ2_0", LLAMA_FTYPE_MOSTLY_TQ2_0},
    {"MXFP4_MOE", LLAMA_FTYPE_MOSTLY_MXFP4_MOE},
});

}  // namespace

std::optional<llama_ftype> ftype_of(std::string_view name) {
    const std::string wanted = to_lower_ascii(name);
    for (const auto& [known, ftype] : kFileTypes) {
        if (to_lower_ascii(known) == wanted) {
            return ftype;
        }
    }
    return std::nullopt;
}

std::string name_of_ftype(std::uint32_t ftype) {
    for (const auto& [known, value] : kFileTypes) {
        if (static_cast<std::uint32_t>(value) == ftype) {
            return std::string(known);
        }
    }
    return {};
}

std::string to_upper_type_name(ggml_type type) {
    std::string out = ggml_type_name(type);
    for (char& c : out) {
        // ggml writes "q4_K" and "iq4_nl"; the field writes Q4_K and IQ4_NL.
        if (c >= 'a' && c <= 'z') {
            c = static_cast<char>(c - 'a' + 'A');
        }
    }
    return out;
}

std::optional<ggml_type> cache_type_of(std::string_view name) {
    for (const ggml_type type : {GGML_TYPE_F32,
                                 GGML_TYPE_F16,
                                 GGML_TYPE_BF16,
                                 GGML_TYPE_Q8_0,
                                 GGML_TYPE_Q4_0,
                                 GGML_TYPE_Q4_1,
                                 GGML_TYPE_IQ4_NL,
                                 GGML_TYPE_Q5_0,
                                 GGML_TYPE_Q5_1}) {
        if (name == ggml_type_name(type)) {
            return type;
        }
    }
    return std::nullopt;
}

}  // namespace assay::engine
