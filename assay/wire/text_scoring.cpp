#include "assay/wire/text_scoring.hpp"

#include <cstring>

namespace assay::wire {
namespace {

constexpr std::size_t kTokenDoubles = 5;

}  // namespace

std::string pack_doubles(std::span<const double> values) {
    std::string out(values.size() * sizeof(double), '\0');
    if (!out.empty()) {
        std::memcpy(out.data(), values.data(), out.size());
    }
    return out;
}

std::vector<double> unpack_doubles(std::string_view bytes) {
    std::vector<double> out(bytes.size() / sizeof(double));
    if (!out.empty()) {
        std::memcpy(out.data(), bytes.data(), out.size() * sizeof(double));
    }
    return out;
}

std::string pack_text_tokens(std::span<const TextToken> tokens) {
    std::vector<double> values;
    values.reserve(tokens.size() * kTokenDoubles);
    for (const TextToken& token : tokens) {
        values.insert(
            values.end(),
            {token.nll, token.nll_base, token.kld, token.p_diff, token.same_top ? 1.0 : 0.0});
    }
    return pack_doubles(values);
}

std::vector<TextToken> unpack_text_tokens(std::string_view bytes) {
    const std::vector<double> values = unpack_doubles(bytes);
    std::vector<TextToken> out;
    out.reserve(values.size() / kTokenDoubles);
    for (std::size_t i = 0; i + kTokenDoubles <= values.size(); i += kTokenDoubles) {
        out.push_back(
            {values[i], values[i + 1], values[i + 2], values[i + 3], values[i + 4] != 0.0});
    }
    return out;
}

}  // namespace assay::wire
