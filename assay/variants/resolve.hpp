#pragma once
// From a plan's entry to a file whose every tensor is known.

#include <filesystem>
#include <functional>
#include <string>

#include "assay/base/progress.hpp"
#include "assay/llm/engine.hpp"
#include "assay/records/plan.hpp"
#include "assay/records/variant.hpp"

namespace assay::variants {

/// SHA-256 of a file; given from outside so that a store can remember it. Throws Error if the file
/// cannot be read.
using HashFile = std::function<std::string(const std::string& path)>;

/// An existing GGUF: header read and checked, all parts hashed. Throws Error kUsage if it is not a
/// model that can be run.
[[nodiscard]] ModelFile resolve_file(llm::Engine& engine,
                                     const std::string& path,
                                     const HashFile& hash);

struct QuantizeRequest {
    ModelFile source;
    std::string type;
    std::string imatrix;  ///< file, may be empty
    bool allow_requantize = false;
    std::filesystem::path target;  ///< empty: in `cache`, under a name that says source, type and
                                   ///< recipe
    std::filesystem::path cache;
    int n_threads = 0;  ///< 0: all
};

/// Makes a quantized file with llama.cpp's library, or finds the one that the same recipe made
/// before: written under a temporary name, then renamed, so that a file that is there is whole.
/// Throws Error when it cannot be made.
[[nodiscard]] ModelFile quantize(llm::Engine& engine,
                                 const QuantizeRequest& request,
                                 const HashFile& hash,
                                 Progress& progress);

/// The folder of what runs share: ASSAY_CACHE, else XDG_CACHE_HOME/assay, else ~/.cache/assay.
[[nodiscard]] std::filesystem::path cache_folder();
/// In it, the folder for made models.
[[nodiscard]] std::filesystem::path model_cache();
/// In it, the notes of models that were created on servers (llm/created_models.hpp).
[[nodiscard]] std::filesystem::path created_models_folder();

}  // namespace assay::variants
