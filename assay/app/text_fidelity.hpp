#pragma once
// The text mode of fidelity: what a baseline and variants make of every token of a text.

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/base/progress.hpp"
#include "assay/records/text_token.hpp"
#include "assay/records/variant.hpp"
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

/// A variant as it read the text.
struct TextVariant {
    std::string name;
    ModelFile file;
    std::vector<TextToken> tokens{};  ///< of all chunks in order
};

/// The baseline, where its file was read.
struct TextBaseline {
    std::string name;
    ModelFile file;
    std::vector<double> nll{};  ///< -log of each token's probability; empty where the figures come
                                ///< from a file of log-probabilities
};

struct TextMeasured {
    Arithmetic arithmetic = Arithmetic::kExact;
    std::string engine;
    std::optional<TextBaseline> baseline{};
    std::vector<TextVariant> variants{};
    std::string text{};         ///< file; empty: tokens of base_file
    std::string text_sha256{};  ///< of the file's bytes
    std::int64_t n_text_tokens = 0;
    std::string base_file{};
    bool base_file_read = false;
    int n_ctx = 0;
    int n_batch = 0;
    int n_threads = 0;
    std::int64_t n_chunks = 0;
    std::int64_t n_per_chunk = 0;  ///< scored tokens
    std::int64_t n_passes = 1;     ///< times that the text was read: variants for which memory does
                                   ///< not suffice at once take several
    std::uint64_t predicted_memory_bytes = 0;  ///< of the largest pass
    std::uint64_t peak_memory_bytes = 0;       ///< of the engine
    double seconds = 0;                        ///< of reading, without making files
    std::vector<std::string> notes{};          ///< what a reader must know
};

/// Loads and reads. Throws Error: kUsage where files or text do not allow it, kOperational where
/// memory or disk do not suffice or the engine ends, kInterrupted.
[[nodiscard]] TextMeasured measure_text(const TextRequest& request,
                                        const std::atomic<bool>& cancel,
                                        Progress& progress);

}  // namespace assay::app
