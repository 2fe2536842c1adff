#include "assay/base/random.hpp"

#include <string>

#include "assay/base/hash.hpp"

namespace assay {

Rng::Rng(std::uint64_t seed, std::string_view stream)
    : engine_(
          std::stoull(sha256_hex(std::to_string(seed) + "/" + std::string(stream)).substr(0, 16),
                      nullptr,
                      16)) {}

std::uint64_t Rng::below(std::uint64_t bound) {
    __extension__ using Wide = unsigned __int128;
    Wide product = static_cast<Wide>(next()) * bound;
    auto low = static_cast<std::uint64_t>(product);
    if (low < bound) {
        const std::uint64_t threshold = (0 - bound) % bound;
        while (low < threshold) {
            product = static_cast<Wide>(next()) * bound;
            low = static_cast<std::uint64_t>(product);
        }
    }
    return static_cast<std::uint64_t>(product >> 64);
}

}  // namespace assay
