#pragma once
// Simulated verdicts.

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "assay/base/random.hpp"
#include "assay/records/outcome.hpp"
#include "assay/stats/equivalence.hpp"
#include "assay/stats/tango.hpp"

namespace assay::validation {

/// What is true of a variant.
struct Truth {
    double decisive_rate = 0.6;  ///< d in [0, 1]
    double delta = 0;            ///< net win rate, |delta| <= d
};

/// +1, 0 or -1.
[[nodiscard]] int draw_verdict(Rng& rng, const Truth& truth);
[[nodiscard]] OutcomeKind kind_of(int verdict);
/// Of n independent verdicts.
[[nodiscard]] stats::NetCounts draw_counts(Rng& rng, std::int64_t n, const Truth& truth);

/// What `decide` gives for each (wins, losses) of n comparisons, worked out when it is first asked
/// for. Safe to share between threads: the same cell may be worked out twice, with the same result.
class DecisionTable {
 public:
    /// decide: 0 .. 126 for counts of n.
    DecisionTable(std::int64_t n, std::function<int(const stats::NetCounts&)> decide);
    [[nodiscard]] int at(const stats::NetCounts& counts);

 private:
    std::int64_t n_;
    std::function<int(const stats::NetCounts&)> decide_;
    std::unique_ptr<std::atomic<signed char>[]> cells_;
};
/// The product's rule: stats::Region of the deciding interval.
[[nodiscard]] DecisionTable region_table(std::int64_t n, double margin, double alpha);

/// Probability of the counts of n that `holds` is true for: the sum over all of them.
[[nodiscard]] double exact_probability(std::int64_t n,
                                       const Truth& truth,
                                       const std::function<bool(const stats::NetCounts&)>& holds);

}  // namespace assay::validation
