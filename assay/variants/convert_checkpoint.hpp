#pragma once

#include <atomic>
#include <filesystem>

#include "assay/llm/engine.hpp"
#include "assay/variants/made_file.hpp"

namespace assay::variants {

struct ConvertRequest {
    std::filesystem::path folder;  ///< in Hugging Face's format
    std::filesystem::path cache;
};

/// A checkpoint and what became of it.
struct Converted {
    std::filesystem::path file;  ///< GGUF in the cache
    std::string sha256;          ///< of the folder's names and bytes
};

/// The F16 file that a checkpoint folder converts to: one that was made of the same bytes by the
/// same scripts before, or a new one. It is made by llama.cpp's script in the user's Python
/// (ASSAY_PYTHON, default python3), which installs and downloads nothing, and its tokenizer is
/// compared with the folder's own before it counts as made. Throws Error when it cannot be made,
/// and kInterrupted when `cancel` is set meanwhile.
[[nodiscard]] Converted convert_checkpoint(llm::Engine& engine,
                                           const ConvertRequest& request,
                                           const std::atomic<bool>& cancel,
                                           Progress& progress);

/// The model that an adapter belongs to.
struct AdapterBase {
    std::filesystem::path folder;  ///< of the checkpoint: its config.json names the architecture
    std::filesystem::path file;    ///< that it was converted to
};

/// The F32 adapter that a peft folder converts to, in the same way. It must fit the base before it
/// counts as made.
[[nodiscard]] Converted convert_adapter(llm::Engine& engine,
                                        const ConvertRequest& request,
                                        const AdapterBase& base,
                                        const std::atomic<bool>& cancel,
                                        Progress& progress);

}  // namespace assay::variants
