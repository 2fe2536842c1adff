#pragma once
// The same comparison, as several judges see it.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/records/outcome.hpp"

namespace assay::analysis {

/// A judge with its outcomes of each variant; all raters have the same variants in the same order.
/// What the spans are of must outlive what is computed from it.
struct Rater {
    std::string name;
    std::vector<std::span<const Outcome>> by_variant;
};

/// One comparison. An outcome is there if it is a win, a tie or a loss, identical and missing
/// answers among them.
struct RatedUnit {
    std::uint32_t cluster = 0;  ///< units of one cluster depend on each other; that of a question
                                ///< holds all variants
    std::vector<const Outcome*> of;  ///< by rater; null: none
};
struct RatedUnits {
    std::vector<RatedUnit> units;
    std::size_t n_clusters = 0;
};

/// Outcomes are of the same comparison if variant and question are the same and, where one of the
/// raters has several outcomes of that question, the side, too. Repeated ones (same side) are left
/// out but for the first.
[[nodiscard]] RatedUnits rated_units(std::span<const Rater> raters);

}  // namespace assay::analysis
