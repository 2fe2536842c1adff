#pragma once
// One proportion: intervals and effect size.

#include <cstdint>

namespace assay::stats {

struct Interval {
    double low = 0;
    double high = 1;
};

/// Wilson's score interval (1927) without continuity correction; [0, 1] for n = 0; exactly 0 at x =
/// 0 and 1 at x = n. 0 <= x <= n, confidence in (0, 1).
[[nodiscard]] Interval wilson(std::int64_t x, std::int64_t n, double confidence);
/// As above for real-valued counts and any critical value > 0.
[[nodiscard]] Interval wilson_with(double x, double n, double critical);

/// Clopper and Pearson's exact interval (1934): coverage at least `confidence`. Arguments and edges
/// as for wilson.
[[nodiscard]] Interval clopper_pearson(std::int64_t x, std::int64_t n, double confidence);

/// Cohen's h = 2 asin(sqrt p1) - 2 asin(sqrt p2), signed, in [-pi, pi]; p1, p2 in [0, 1].
[[nodiscard]] double cohens_h(double p1, double p2);

}  // namespace assay::stats
