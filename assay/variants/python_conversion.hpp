#pragma once
// llama.cpp's conversion scripts in the user's Python, as one call.

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <string>

#include "assay/base/result.hpp"

namespace assay::variants {

struct PythonConversion {
    std::filesystem::path folder;    ///< of a model, or of an adapter
    std::filesystem::path base{};    ///< the folder of the model that an adapter belongs to; empty:
                                     ///< `folder` is a model
    std::uint64_t weight_bytes = 0;  ///< of the safetensors, for the time limit
    std::filesystem::path scripts{};  ///< find_conversion_scripts()
};

/// Writes a GGUF file to `target`: a model in F16, an adapter in F32. Gives what Python replied, a
/// JSON object (convert_script.hpp); it lies beside the file meanwhile. Fails with a sentence that
/// says whether Python, its libraries, the script or the folder is the reason; throws Error
/// kInterrupted when `cancel` is set.
[[nodiscard]] Result<std::string> convert_in_python(const PythonConversion& conversion,
                                                    const std::string& target,
                                                    const std::atomic<bool>& cancel);

/// The folder with llama.cpp's scripts: ASSAY_LLAMA_SOURCE, else share/assay/llama.cpp beside this
/// program's folder, else the source that assay was built with. Throws Error if there is none.
[[nodiscard]] std::filesystem::path find_conversion_scripts();

/// Of all that a conversion is made with. Throws Error if a script cannot be read.
[[nodiscard]] std::string sha256_of_scripts(const std::filesystem::path& scripts);

}  // namespace assay::variants
