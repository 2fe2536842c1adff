#include "assay/engine/row_sums.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>

// One copy of a function for each of these instruction sets; the loader takes the best that the
// processor has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
#define ASSAY_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ASSAY_CLONES
#endif

namespace assay::engine {

ASSAY_CLONES Largest largest_of(const float* logits, std::size_t n) {
    float value = logits[0];
    std::uint32_t n_odd = 0;
    for (std::size_t i = 0; i < n; ++i) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, logits + i, sizeof bits);
        n_odd += (bits & 0x7f800000U) == 0x7f800000U ? 1U : 0U;  // infinite, or no number
        value = logits[i] > value ? logits[i] : value;
    }
    Largest out{0, value, n_odd == 0};
    while (out.all_finite && logits[out.index] != value) {
        ++out.index;
    }
    return out;
}

ASSAY_CLONES RowSums sums_of(const float* baseline,
                             float largest_baseline,
                             const float* variant,
                             float largest_variant,
                             std::size_t n) {
    double exp_b = 0, exp_v = 0, exp_b_b = 0, exp_b_v = 0, exp_v_v = 0;
    for (std::size_t i = 0; i < n; ++i) {
        const double b = static_cast<double>(baseline[i]) - static_cast<double>(largest_baseline);
        const double v = static_cast<double>(variant[i]) - static_cast<double>(largest_variant);
        const double of_b = std::exp(b), of_v = std::exp(v);
        exp_b += of_b;
        exp_v += of_v;
        exp_b_b += of_b * b;
        exp_b_v += of_b * v;
        exp_v_v += of_v * v;
    }
    return {exp_b, exp_v, exp_b_b, exp_b_v, exp_v_v};
}

ASSAY_CLONES int count_larger(const float* logits, float value, std::size_t n) {
    int larger = 0;
    for (std::size_t i = 0; i < n; ++i) {
        larger += logits[i] > value ? 1 : 0;
    }
    return larger;
}

}  // namespace assay::engine
