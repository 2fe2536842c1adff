#include "assay/validation/repeat.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace assay::validation {
namespace {

constexpr std::int64_t kChunk = 100;
constexpr std::int64_t kFastShare = 20;
constexpr std::int64_t kFewestRepeats = 100;

}  // namespace

std::int64_t Scale::repeats(std::int64_t full) const {
    return fast ? std::max(kFewestRepeats, full / kFastShare) : full;
}

Sums repeat(const Scale& scale,
            std::string_view name,
            std::int64_t n,
            const std::function<void(Rng&, Sums&)>& one) {
    std::vector<Sums> chunks(static_cast<std::size_t>((n + kChunk - 1) / kChunk));
    std::atomic<std::size_t> next = 0;
    std::exception_ptr error;
    std::mutex error_mutex;
    const auto work = [&] {
        try {
            for (std::size_t chunk = next++; chunk < chunks.size(); chunk = next++) {
                Rng rng(scale.seed, fmt::format("{}/{}", name, chunk));
                const std::int64_t first = static_cast<std::int64_t>(chunk) * kChunk;
                Sums sums{};
                for (std::int64_t i = first; i < std::min(n, first + kChunk); ++i) {
                    one(rng, sums);
                }
                chunks[chunk] = sums;
            }
        } catch (...) {
            const std::lock_guard lock(error_mutex);
            error = std::current_exception();
        }
    };
    {
        std::vector<std::jthread> threads;
        for (unsigned i = 1; i < scale.n_threads; ++i) {
            threads.emplace_back(work);
        }
        work();
    }
    if (error) {
        std::rethrow_exception(error);
    }
    Sums total{};
    for (const Sums& chunk : chunks) {
        for (std::size_t i = 0; i < total.size(); ++i) {
            total[i] += chunk[i];
        }
    }
    return total;
}

}  // namespace assay::validation
