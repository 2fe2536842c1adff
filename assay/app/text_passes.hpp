#pragma once
// Which variants read a text together: as many as memory has room for beside the baseline.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace assay::app {

/// Variants that are loaded together.
struct TextPass {
    std::size_t begin = 0;           ///< the first
    std::size_t end = 0;             ///< behind the last
    std::uint64_t memory_bytes = 0;  ///< that they and the baseline take
};

struct VariantMemory {
    std::string name;
    std::uint64_t bytes = 0;
};

/// In their order, at least one pass. `baseline_bytes`: what each pass takes without variants; 0:
/// the baseline is not loaded. `room_bytes`: what a pass may take; 0: it is not known, and all fit.
/// Throws Error kOperational where one variant does not fit beside the baseline.
[[nodiscard]] std::vector<TextPass> plan_text_passes(std::uint64_t baseline_bytes,
                                                     std::span<const VariantMemory> variants,
                                                     std::uint64_t room_bytes);

}  // namespace assay::app
