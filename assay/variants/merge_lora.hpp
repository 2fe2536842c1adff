#pragma once

#include <filesystem>
#include <vector>

#include "assay/records/variant_spec.hpp"
#include "assay/variants/made_file.hpp"

namespace assay::variants {

/// An adapter with its hash. Throws Error if the file cannot be read.
[[nodiscard]] LoraFile resolve_lora(const LoraSpec& spec, const HashFile& hash);

struct MergeRequest {
    ModelFile base;
    std::vector<LoraFile> adapters;  ///< in the order in which they are added
    std::filesystem::path cache;
    int n_threads = 1;
};

/// The base with its adapters merged in: the file that the same recipe made before, or a new one in
/// the cache, under a name that says base, adapters and scales. Throws Error when it cannot be
/// made.
[[nodiscard]] ModelFile merge_lora(const Workshop& workshop, const MergeRequest& request);

}  // namespace assay::variants
