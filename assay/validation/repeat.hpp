#pragma once
// Many random repetitions on all cores, with a result that depends on the seed alone.

#include <array>
#include <cstdint>
#include <functional>
#include <string_view>

#include "assay/base/random.hpp"

namespace assay::validation {

/// Of an experiment on decisions.
inline constexpr std::int64_t kRepeats = 20'000;

/// How much is done.
struct Scale {
    std::uint64_t seed = 20260301;
    unsigned n_threads = 1;
    bool fast = false;  ///< about one twentieth of the repetitions
    [[nodiscard]] std::int64_t repeats(std::int64_t full) const;
};

/// What one repetition adds to: hits and sums, as the experiment defines them.
using Sums = std::array<double, 8>;

/// `one` is called `n` times in chunks of a fixed size, each with a stream of random numbers of its
/// own (from the seed, the name and the chunk's number); the chunks' sums are added in their order.
/// So neither threads nor time matter. An exception of `one` is thrown on.
[[nodiscard]] Sums repeat(const Scale& scale,
                          std::string_view name,
                          std::int64_t n,
                          const std::function<void(Rng&, Sums&)>& one);

}  // namespace assay::validation
