#pragma once
// From a plan's entry to a file whose every tensor is known.

#include <filesystem>
#include <string>

#include "assay/variants/made_file.hpp"

namespace assay::variants {

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
/// before. Throws Error when it cannot be made.
[[nodiscard]] ModelFile quantize(const Workshop& workshop, const QuantizeRequest& request);

/// The folder of what runs share: ASSAY_CACHE, else XDG_CACHE_HOME/assay, else ~/.cache/assay.
[[nodiscard]] std::filesystem::path cache_folder();
/// In it, the folder for made models.
[[nodiscard]] std::filesystem::path model_cache();
/// In it, the notes of models that were created on servers (llm/created_models.hpp).
[[nodiscard]] std::filesystem::path created_models_folder();

}  // namespace assay::variants
