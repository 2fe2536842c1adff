#pragma once
// What a baseline and variants made of a text, and how it was read.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/records/text_token.hpp"
#include "assay/records/variant.hpp"

namespace assay::app {

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

}  // namespace assay::app
