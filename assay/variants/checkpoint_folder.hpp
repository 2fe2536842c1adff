#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::variants {

/// A folder in Hugging Face's format: config.json, a tokenizer, weights as safetensors; or that of
/// an adapter (adapter_folder.hpp).
struct CheckpointFolder {
    std::filesystem::path path;
    std::vector<std::filesystem::path> files;  ///< all that a conversion reads, by name
    std::uint64_t weight_bytes = 0;            ///< of the safetensors
};

/// Looks at the folder before anything is started. Fails where it is no folder or cannot be read,
/// where config.json, tokenizer or weights are missing, where the weights are pickles only,
/// quantized, of a LoRA adapter, or cut off, and where a part of them is missing.
[[nodiscard]] Result<CheckpointFolder> look_at_checkpoint(const std::filesystem::path& folder);

/// Whether a safetensors file is as long as its header says. Fails where it is not, and where it is
/// something else.
[[nodiscard]] Result<bool> check_safetensors(const std::filesystem::path& path);

/// SHA-256 of the names and bytes of its files; `on_bytes` (may be empty) is told how many were
/// read since the last call, and may throw.
[[nodiscard]] Result<std::string> sha256_of_checkpoint(
    const CheckpointFolder& checkpoint, const std::function<void(std::uint64_t)>& on_bytes = {});

}  // namespace assay::variants
