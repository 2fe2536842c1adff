// Compiled with -O3 and without contraction (CMakeLists.txt), in every build: a plain loop over all
// values is then as fast as memory gives them, and its bits do not depend on the build.

#include "assay/retrieval/dense_index.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "assay/base/result.hpp"

namespace assay::retrieval {
namespace {

/// Sums that run beside each other: the compiler may not reorder one sum, but computes these in one
/// instruction.
constexpr std::size_t kLanes = 16;

double inner_product(const float* a, const float* b, std::size_t n) {
    std::array<float, kLanes> sums{};
    std::size_t i = 0;
    for (; i + kLanes <= n; i += kLanes) {
        for (std::size_t lane = 0; lane < kLanes; ++lane) {
            sums[lane] += a[i + lane] * b[i + lane];
        }
    }
    double out = 0;
    for (const float sum : sums) {
        out += static_cast<double>(sum);
    }
    for (; i < n; ++i) {
        out += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    }
    return out;
}

}  // namespace

void DenseIndex::set(std::size_t place, std::string_view bytes) {
    ASSAY_CHECK(bytes.size() == n_dims_ * sizeof(float));
    std::memcpy(values_.data() + place * n_dims_, bytes.data(), bytes.size());
}

std::vector<Scored> DenseIndex::search(std::string_view bytes, std::size_t depth) const {
    ASSAY_CHECK(bytes.size() == n_dims_ * sizeof(float));
    std::vector<float> query(n_dims_);
    std::memcpy(query.data(), bytes.data(), bytes.size());
    std::vector<Scored> out(n_dims_ == 0 ? 0 : values_.size() / n_dims_);
    for (std::size_t place = 0; place < out.size(); ++place) {
        out[place] = {place,
                      inner_product(values_.data() + place * n_dims_, query.data(), n_dims_)};
    }
    const std::size_t n = std::min(depth, out.size());
    std::partial_sort(out.begin(),
                      out.begin() + static_cast<std::ptrdiff_t>(n),
                      out.end(),
                      [](const Scored& a, const Scored& b) {
                          return a.score != b.score ? a.score > b.score : a.place < b.place;
                      });
    out.resize(n);
    return out;
}

}  // namespace assay::retrieval
