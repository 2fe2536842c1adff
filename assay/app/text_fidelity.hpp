#pragma once
// The text mode of fidelity: what a baseline and variants make of every token of a text.

#include <atomic>
#include <optional>
#include <string>
#include <vector>

#include "assay/app/text_measured.hpp"
#include "assay/base/progress.hpp"
#include "assay/records/variant_spec.hpp"

namespace assay::app {

/// What is asked for. Paths are absolute, or "ollama:NAME" of a model.
struct TextRequest {
    std::optional<VariantSpec> baseline{};  ///< a file
    std::vector<VariantSpec> variants{};    ///< files, or types that are made of the baseline's
    std::string text{};                     ///< file; empty: the tokens are those of base_file
    std::string base_file{};  ///< llama-perplexity's log-probabilities: read if it is there, else
                              ///< written; empty: neither
    std::optional<int> ctx_size{};  ///< nothing: 512, or what base_file has
    int batch_size = 512;
    std::optional<int> n_chunks{};  ///< at most; nothing: all
    int n_threads = 0;              ///< 0: the physical cores
    int n_gpu_layers = -1;
    bool compatible = false;
    std::string engine{};  ///< program; empty: beside assay
};

/// Loads and reads. Throws Error: kUsage where files or text do not allow it, kOperational where
/// memory or disk do not suffice or the engine ends, kInterrupted.
[[nodiscard]] TextMeasured measure_text(const TextRequest& request,
                                        const std::atomic<bool>& cancel,
                                        Progress& progress);

}  // namespace assay::app
