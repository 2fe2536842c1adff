#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "assay/records/variant_spec.hpp"
#include "assay/variants/made_file.hpp"

namespace assay::variants {

struct ImatrixRequest {
    ModelFile model;  ///< what is quantized with the matrix afterwards
    ImatrixText text;
    std::filesystem::path cache;
    int n_threads = 1;
    int n_gpu_layers = -1;
};

/// An importance matrix that assay made.
struct MadeImatrix {
    std::string path;
    std::string sha256;
    std::string text_name;  ///< of the text's file
    std::string text_sha256;
    std::int64_t n_tokens = 0;  ///< of the text, whose values were summed up
    std::int64_t chunk_tokens = 0;
};

/// The importance matrix of a model and a text: the file that the same recipe made before, or a new
/// one in the cache. Throws Error when it cannot be made.
[[nodiscard]] MadeImatrix make_imatrix(const Workshop& workshop, const ImatrixRequest& request);

/// "with the importance matrix HASH, made from 15,360 tokens of wiki.txt (HASH) in chunks of 512"
[[nodiscard]] std::string describe(const MadeImatrix& matrix);

}  // namespace assay::variants
