#pragma once
// Names of files that are numbered parts of one: "model-00002-of-00003.gguf".

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace assay {

/// A file's name taken apart. `number` counts from 1.
struct PartName {
    std::string prefix;
    std::int64_t number = 0;
    std::int64_t total = 0;
    friend bool operator==(const PartName&, const PartName&) = default;
};

/// Reads "PREFIX-00002-of-00003.gguf" (five digits each, the ending in any case of letters); PREFIX
/// may have folders in it and is not empty. Nothing if it is another name.
[[nodiscard]] std::optional<PartName> part_name(std::string_view path);

/// The inverse, as llama.cpp writes and looks for it: "PREFIX-00002-of-00003.gguf".
[[nodiscard]] std::string name_of_part(const PartName& part);

}  // namespace assay
