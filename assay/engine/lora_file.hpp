#pragma once
// The GGUF of a LoRA adapter, held against the model that it is to change.

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/engine/gguf_file.hpp"

namespace assay::engine {

/// One tensor W of the model that an adapter changes: W + scale * alpha / rank * B A. The members
/// are the places of the tensors in their files.
struct LoraPair {
    std::int64_t base = 0;
    std::int64_t a = 0;
    std::int64_t b = 0;
    std::int64_t rank = 0;
};

struct LoraAdapter {
    std::string path;
    Gguf gguf;
    float alpha = 0;  ///< 0: the factor is the scale alone, as llama.cpp has it
    std::vector<LoraPair> pairs;

    /// What B A is multiplied by.
    [[nodiscard]] float factor(const LoraPair& pair, double scale) const;
};

/// Opens an adapter for the model whose header is `base`. Refuses what llama.cpp would abort on or
/// silently leave out: no adapter, another architecture, a tensor that the model does not have or
/// that has another shape, half a pair, activation tokens, data that are cut off. `base_path` is
/// only named.
[[nodiscard]] Result<LoraAdapter> open_lora(const gguf_context* base,
                                            const std::string& base_path,
                                            const std::string& path);

/// The same for a merge, which needs numbers that are not rounded: a quantized adapter is refused,
/// too.
[[nodiscard]] Result<LoraAdapter> open_lora_to_merge(const gguf_context* base,
                                                     const std::string& base_path,
                                                     const std::string& path);

/// Opens the header of a model that adapters are merged into. Refuses what is no whole model, one
/// in several files, and one that is quantized: the merge would be rounded once more.
[[nodiscard]] Result<Gguf> open_base_of_lora(const std::string& path);

}  // namespace assay::engine
