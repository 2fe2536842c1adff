#include "assay/judge/judge.hpp"

#include <cstddef>

namespace assay::judge {

PairSource source_of(std::span<const BlindedPair> pairs) {
    return [pairs, next = std::size_t{0}]() mutable -> std::optional<BlindedPair> {
        if (next == pairs.size()) {
            return std::nullopt;
        }
        return pairs[next++];
    };
}

}  // namespace assay::judge
