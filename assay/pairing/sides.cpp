#include "assay/pairing/sides.hpp"

#include <algorithm>
#include <array>

namespace assay::pairing {
namespace {

constexpr std::array<std::size_t, 2> kBlockSizes{4, 6};

}  // namespace

std::vector<char> draw_sides(std::size_t count, std::int64_t lean, Rng& rng) {
    std::vector<char> sides;
    sides.reserve(count);
    while (sides.size() < count) {
        const std::size_t drawn_size = kBlockSizes[rng.below(kBlockSizes.size())];
        const std::size_t size = std::min(drawn_size, count - sides.size());
        std::vector<char> block(size, 0);
        std::fill_n(block.begin(), size / 2, 1);
        if (size % 2 == 1) {
            block.back() = lean < 0 || (lean == 0 && rng.below(2) == 1) ? 1 : 0;
        }
        rng.shuffle(std::span<char>(block));
        sides.insert(sides.end(), block.begin(), block.end());
    }
    return sides;
}

}  // namespace assay::pairing
