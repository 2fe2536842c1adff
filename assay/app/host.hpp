#pragma once

#include <cstdint>
#include <string>

namespace assay::app {

/// The machine. Empty or 0 where the system does not tell.
struct Host {
    std::string cpu;
    int n_cores = 0;  ///< physical cores that this process may use, at least 1
    std::uint64_t memory_bytes = 0;
    std::uint64_t memory_available_bytes = 0;
    std::string os;
};

[[nodiscard]] Host describe_host();

}  // namespace assay::app
