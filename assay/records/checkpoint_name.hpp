#pragma once
// How a plan names a checkpoint folder in the place of a model's file.

#include <optional>
#include <string_view>

namespace assay {

/// Stands before the folder: "checkpoint:DIR", which is converted to a GGUF file first.
inline constexpr std::string_view kCheckpoint = "checkpoint:";

/// DIR of "checkpoint:DIR"; nothing: `file` is something else.
[[nodiscard]] inline std::optional<std::string_view> checkpoint_of(std::string_view file) {
    if (!file.starts_with(kCheckpoint)) {
        return std::nullopt;
    }
    return file.substr(kCheckpoint.size());
}

}  // namespace assay
