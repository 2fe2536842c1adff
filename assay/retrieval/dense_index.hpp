#pragma once
// Vectors, and which of them are nearest to another: all are looked at, so what is found is exact.

#include <cstddef>
#include <string_view>
#include <vector>

#include "assay/retrieval/found.hpp"

namespace assay::retrieval {

class DenseIndex {
 public:
    /// `n` vectors of `n_dims` values: n * n_dims * 4 bytes, all zero.
    DenseIndex(std::size_t n, std::size_t n_dims) : n_dims_(n_dims), values_(n * n_dims) {}

    /// `bytes`: float32, n_dims of them.
    void set(std::size_t place, std::string_view bytes);
    /// The `depth` vectors with the largest inner products, the best first; equal ones by place.
    /// With vectors of length 1 that is the cosine. The sum's order is fixed: same vectors, same
    /// bits.
    [[nodiscard]] std::vector<Scored> search(std::string_view bytes, std::size_t depth) const;

 private:
    std::size_t n_dims_;
    std::vector<float> values_;
};

}  // namespace assay::retrieval
