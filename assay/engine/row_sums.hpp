#pragma once
// The sums over a vocabulary that the distance of two distributions is made of. In a file of its
// own, as it is compiled for the speed of its loops: values that are not finite are not noticed
// here, they are looked for before.

#include <cstddef>

namespace assay::engine {

/// Of the largest value of a row.
struct Largest {
    int index = 0;  ///< the first of equal ones
    float value = 0;
    bool all_finite = true;  ///< of the whole row
};
[[nodiscard]] Largest largest_of(const float* logits, std::size_t n);

/// With b and v the logits of baseline and variant, less the largest of their row.
struct RowSums {
    double exp_b = 0;    ///< sum of exp(b)
    double exp_v = 0;    ///< sum of exp(v)
    double exp_b_b = 0;  ///< sum of exp(b) b
    double exp_b_v = 0;  ///< sum of exp(b) v
    double exp_v_v = 0;  ///< sum of exp(v) v
};
/// In double, in one order, whatever the thread. Equal rows give equal sums.
[[nodiscard]] RowSums sums_of(const float* baseline,
                              float largest_baseline,
                              const float* variant,
                              float largest_variant,
                              std::size_t n);

/// How many of the values are larger than `value`.
[[nodiscard]] int count_larger(const float* logits, float value, std::size_t n);

}  // namespace assay::engine
