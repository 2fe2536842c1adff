#pragma once
// The readers that fuzz_readers.cpp knows.

#include <cstdint>
#include <span>
#include <string_view>

namespace assay::fuzz {

struct Reader {
    std::string_view name;
    /// Reads the bytes. Throws where the reader breaks a promise: libFuzzer takes it for a crash.
    void (*read)(std::string_view bytes);
};

/// One row a reader.
[[nodiscard]] std::span<const Reader> readers();

}  // namespace assay::fuzz
