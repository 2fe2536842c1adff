#pragma once

#include <filesystem>

#include "assay/base/result.hpp"
#include "assay/variants/checkpoint_folder.hpp"

namespace assay::variants {

/// Looks at the folder of a LoRA adapter as peft saves it: adapter_config.json and
/// adapter_model.safetensors. Fails where one is missing or cut off, where the weights are a
/// pickle, and where the adapter is more than llama.cpp's script converts: it would leave out,
/// without an error, what another method than plain LoRA does.
[[nodiscard]] Result<CheckpointFolder> look_at_adapter(const std::filesystem::path& folder);

}  // namespace assay::variants
