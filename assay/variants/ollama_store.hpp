#pragma once
// Ollama's own store of models on this machine: which GGUF file is behind a name.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "assay/base/result.hpp"

namespace assay::variants {

/// NAME of "ollama:NAME"; empty: `file` is an ordinary path.
[[nodiscard]] std::optional<std::string_view> ollama_name(std::string_view file);

/// OLLAMA_MODELS, else ~/.ollama/models, else, where that is not there, the folder of Ollama's
/// Linux service.
[[nodiscard]] std::filesystem::path ollama_models_folder();

/// The GGUF of [HOST/][NAMESPACE/]MODEL[:TAG] in the store `folder` (default parts
/// registry.ollama.ai, library, latest): the layer of type application/vnd.ollama.image.model of
/// its manifest. Fails if the model is not there, has an adapter (which the file alone leaves out)
/// or has no such layer.
[[nodiscard]] Result<std::string> ollama_model_file(const std::filesystem::path& folder,
                                                    std::string_view name);

/// A model's file as it was named, as a path: itself, or what "ollama:NAME" stands for. Whether
/// there is such a file is looked at for the latter only.
[[nodiscard]] Result<std::string> find_model_file(const std::string& file);

/// The same; throws Error kUsage.
[[nodiscard]] std::string path_of_model(const std::string& file);

}  // namespace assay::variants
