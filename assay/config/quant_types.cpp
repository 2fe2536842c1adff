#include "assay/config/quant_types.hpp"

#include <array>

#include "assay/base/text.hpp"

namespace assay::config {
namespace {

// needs_imatrix: a file of this type holds tensors for which llama-quant.cpp's
// tensor_requires_imatrix() is true (IQ1_*, IQ2_*, IQ3_XXS, and Q2_K in a Q2_K_S file). IQ3_XS is
// among them for its attention tensors, which are IQ3_XXS.
constexpr std::array kTypes{
    QuantType{"F32"},          QuantType{"F16"},           QuantType{"BF16"},
    QuantType{"Q8_0"},         QuantType{"Q6_K"},          QuantType{"Q5_K_M"},
    QuantType{"Q5_K_S"},       QuantType{"Q5_1"},          QuantType{"Q5_0"},
    QuantType{"Q4_K_M"},       QuantType{"Q4_K_S"},        QuantType{"Q4_1"},
    QuantType{"Q4_0"},         QuantType{"IQ4_NL"},        QuantType{"IQ4_XS"},
    QuantType{"MXFP4_MOE"},    QuantType{"Q3_K_L"},        QuantType{"Q3_K_M"},
    QuantType{"Q3_K_S"},       QuantType{"IQ3_M"},         QuantType{"IQ3_S"},
    QuantType{"IQ3_XS", true}, QuantType{"IQ3_XXS", true}, QuantType{"Q2_K"},
    QuantType{"Q2_K_S", true}, QuantType{"IQ2_M", true},   QuantType{"IQ2_S", true},
    QuantType{"IQ2_XS", true}, QuantType{"IQ2_XXS", true}, QuantType{"Q2_0"},
    QuantType{"TQ2_0"},        QuantType{"IQ1_M", true},   QuantType{"TQ1_0"},
    QuantType{"IQ1_S", true},  QuantType{"Q1_0"},
};

struct Alias {
    std::string_view name;
    std::string_view type;
};
constexpr std::array kAliases{
    Alias{"Q3_K", "Q3_K_M"}, Alias{"Q4_K", "Q4_K_M"}, Alias{"Q5_K", "Q5_K_M"}};

bool same_word(std::string_view a, std::string_view b) {
    return to_lower_ascii(a) == to_lower_ascii(b);
}

}  // namespace

std::span<const QuantType> quant_types() {
    return kTypes;
}

std::optional<QuantType> find_quant_type(std::string_view name) {
    for (const Alias& alias : kAliases) {
        if (same_word(alias.name, name)) {
            name = alias.type;
        }
    }
    for (const QuantType& type : kTypes) {
        if (same_word(type.name, name)) {
            return type;
        }
    }
    return std::nullopt;
}

std::string quant_type_list() {
    std::string out;
    for (const QuantType& type : kTypes) {
        if (!out.empty()) {
            out += ", ";
        }
        out += type.name;
    }
    return out;
}

}  // namespace assay::config
