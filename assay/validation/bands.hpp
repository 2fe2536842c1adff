#pragma once
// What is accepted. Monte Carlo rule of statistics.md 5: |p^ - p| <= 4 sqrt(p (1 - p) / R), which a
// right program misses 6 times in 100 000; guarantees one-sided.

#include <cstdint>
#include <string>

#include "assay/validation/repeat.hpp"

namespace assay::validation {

/// One line of the result.
struct Row {
    std::string id;  ///< "V1"
    std::string what;
    double value = 0;
    double low = 0;  ///< accepted: low <= value <= high
    double high = 0;
    int decimals = 4;
    std::string note;  ///< the reference, and what is to be said of it
    [[nodiscard]] bool passed() const { return value >= low && value <= high; }  // false for NaN
};

/// A share of `n` repetitions.
struct Share {
    double hits = 0;
    std::int64_t n = 1;
    [[nodiscard]] double value() const { return hits / static_cast<double>(n); }
};

/// Four standard errors of a share around p in [0, 1].
[[nodiscard]] double four_errors(double p, std::int64_t n);

/// The share must be p, which was enumerated or known.
[[nodiscard]] Row near(
    std::string id, std::string what, const Share& share, double p, std::string note = {});
/// The share must be at most the promised error.
[[nodiscard]] Row at_most(
    std::string id, std::string what, const Share& share, double promised, std::string note = {});

struct Band {
    double low = 0;
    double high = 1;
};
/// The share must lie in the band that statistics.md 5 gives for the full number of repetitions. In
/// the fast scale each edge is moved outwards by the four standard errors of a share that lies
/// there.
[[nodiscard]] Row within(const Scale& scale,
                         std::string id,
                         std::string what,
                         const Share& share,
                         const Band& band,
                         std::string note = {});
/// The mean of a number over `n` repetitions, from its sum and its sum of squares, must lie in the
/// band; in the fast scale each edge is moved outwards by four standard errors.
struct Totals {
    double sum = 0;
    double squares = 0;
    std::int64_t n = 1;
};
[[nodiscard]] Row mean_within(const Scale& scale,
                              std::string id,
                              std::string what,
                              const Totals& totals,
                              const Band& band,
                              int decimals,
                              std::string note = {});
/// An enumerated value against a reference with four decimals.
[[nodiscard]] Row exactly(std::string id, std::string what, double value, double reference);

}  // namespace assay::validation
