#pragma once
// Randomised permuted blocks (Matts & Lachin 1988, "Properties of permuted-block randomization in
// clinical trials", Controlled Clinical Trials 9:327-344) of 4 and 6 pairs, the size of each drawn
// from the seed so that the last side of a block cannot be foreseen.

#include <cstdint>
#include <vector>

#include "assay/base/random.hpp"

namespace assay::pairing {

/// Sides for `count` pairs in their order: not 0 where the first answer of a pair is shown as A.
/// Each block is half and half; the last one is cut to what is left and balanced to within one.
/// `lean`: how many more As than Bs there were before; an odd remainder goes against it.
[[nodiscard]] std::vector<char> draw_sides(std::size_t count, std::int64_t lean, Rng& rng);

}  // namespace assay::pairing
