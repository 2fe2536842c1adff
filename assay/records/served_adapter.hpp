#pragma once

#include <cstdint>
#include <string>

namespace assay {

/// A LoRA adapter that a server has loaded, as the server tells.
struct ServedAdapter {
    std::int64_t id = 0;  ///< the server's number for it
    std::string path;     ///< as the server names it; its content is not told
    double scale = 1.0;   ///< 0: loaded, and not applied

    [[nodiscard]] bool operator==(const ServedAdapter&) const = default;
};

}  // namespace assay
