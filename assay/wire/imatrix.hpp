#pragma once
// Messages of an importance matrix: how much each column of a weight counts in what a model
// computes of a text.

#include <cstdint>
#include <string>
#include <string_view>

namespace assay::wire {

/// Tokens of a chunk where nobody says otherwise: llama-imatrix's default.
inline constexpr int kChunkTokens = 512;
/// A text of fewer chunks is too short, as it is for llama-imatrix.
inline constexpr int kFewestChunks = 2;
/// A text of more bytes is not read.
inline constexpr std::uint64_t kMostImatrixTextBytes = std::uint64_t{64} << 20;

/// What an importance matrix was made of.
struct InspectedImatrix {
    static constexpr std::string_view kName = "inspected_imatrix";
    std::int64_t n_weights = 0;     ///< tensors of the model that it has values for
    std::int64_t n_tokens = 0;      ///< whose values were summed up, at most over the weights
    std::int64_t chunk_tokens = 0;  ///< 0: the file does not say
    static void fields(auto& self, auto& field) {
        field("n_weights", self.n_weights);
        field("n_tokens", self.n_tokens);
        field("chunk_tokens", self.chunk_tokens);
    }
};

/// inspect_imatrix: whether a file is a whole importance matrix.
struct InspectImatrix {
    static constexpr std::string_view kName = "inspect_imatrix";
    using Done = InspectedImatrix;
    std::string path;
    static void fields(auto& self, auto& field) { field("path", self.path); }
};

/// The importance matrix is written.
struct MadeImatrix {
    static constexpr std::string_view kName = "made_imatrix";
    std::string text_sha256;  ///< of the bytes that were read
    static void fields(auto& self, auto& field) { field("text_sha256", self.text_sha256); }
};

/// make_imatrix: the file that llama-imatrix would make of `model` and `text` with the same chunks;
/// progress events count chunks; `target` is written as it is (the caller renames).
struct MakeImatrix {
    static constexpr std::string_view kName = "make_imatrix";
    using Done = MadeImatrix;
    std::string model;
    std::string text;  ///< file; its name without folders is kept in the matrix
    std::string target;
    int chunk_tokens = kChunkTokens;
    int n_chunks = 0;  ///< the first so many; 0: all that are whole
    int n_threads = 1;
    int n_gpu_layers = -1;
    static void fields(auto& self, auto& field) {
        field("model", self.model);
        field("text", self.text);
        field("target", self.target);
        field("chunk_tokens", self.chunk_tokens);
        field("n_chunks", self.n_chunks);
        field("n_threads", self.n_threads);
        field("n_gpu_layers", self.n_gpu_layers);
    }
};

}  // namespace assay::wire
