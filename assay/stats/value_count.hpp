#pragma once

#include <cstdint>

namespace assay::stats {

/// A value in [-1, 1] and how many observations have it.
struct ValueCount {
    double value = 0;
    std::int64_t count = 0;
};

}  // namespace assay::stats
