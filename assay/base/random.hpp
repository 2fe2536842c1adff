#pragma once
// Seeded random numbers that are the same on every platform. std::mt19937_64 is specified to the
// bit; the distributions and std::shuffle of the standard library are not, so the bounded draw and
// the shuffle are our own.

#include <cstdint>
#include <random>
#include <span>
#include <string_view>
#include <utility>

namespace assay {

class Rng {
 public:
    explicit Rng(std::uint64_t seed) : engine_(seed) {}
    /// A generator of its own for a purpose: seeded by SHA-256 of seed and name, so that streams do
    /// not overlap by accident.
    Rng(std::uint64_t seed, std::string_view stream);

    std::uint64_t next() { return engine_(); }
    /// Uniform in [0, bound), without bias (Lemire 2019, "Fast Random Integer Generation in an
    /// Interval"). bound > 0.
    std::uint64_t below(std::uint64_t bound);
    /// Uniform in [0, 1), 53 bits.
    double uniform() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }

    /// Fisher-Yates.
    template <class T>
    void shuffle(std::span<T> items) {
        for (std::size_t i = items.size(); i > 1; --i) {
            std::swap(items[i - 1], items[below(i)]);
        }
    }

 private:
    std::mt19937_64 engine_;
};

}  // namespace assay
