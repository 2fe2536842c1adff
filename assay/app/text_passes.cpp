#include "assay/app/text_passes.hpp"

#include <fmt/format.h>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::app {
namespace {

[[noreturn]] void refuse_memory(const std::string& who, std::uint64_t needed, std::uint64_t room) {
    throw_operational(
        fmt::format("{} {} of memory, and {} can be taken, nine tenths of what is available",
                    who,
                    format_bytes(needed),
                    format_bytes(room)),
        "",
        "Close other programs, lower --ctx-size or --batch-size, or go in two steps: the baseline "
        "alone with --kl-divergence-base FILE, then each variant with that FILE, for which the "
        "baseline is not loaded.");
}

}  // namespace

std::vector<TextPass> plan_text_passes(std::uint64_t baseline_bytes,
                                       std::span<const VariantMemory> variants,
                                       std::uint64_t room_bytes) {
    const auto fits = [&](std::uint64_t bytes) { return room_bytes == 0 || bytes <= room_bytes; };
    if (!fits(baseline_bytes)) {
        refuse_memory("the baseline needs", baseline_bytes, room_bytes);
    }
    std::vector<TextPass> out;
    TextPass pass{0, 0, baseline_bytes};
    for (std::size_t v = 0; v < variants.size(); ++v) {
        const std::uint64_t alone = baseline_bytes + variants[v].bytes;
        if (!fits(alone)) {
            refuse_memory(
                baseline_bytes > 0
                    ? fmt::format("the baseline and {} beside each other need", variants[v].name)
                    : fmt::format("{} needs", variants[v].name),
                alone,
                room_bytes);
        }
        if (!fits(pass.memory_bytes + variants[v].bytes)) {
            out.push_back(pass);
            pass = {v, v, baseline_bytes};
        }
        pass.memory_bytes += variants[v].bytes;
        pass.end = v + 1;
    }
    out.push_back(pass);
    return out;
}

}  // namespace assay::app
