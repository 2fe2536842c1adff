#pragma once
// What makes vectors of texts. The search knows no engine: app/ hands it one.

#include <cstdint>
#include <string>

namespace assay::retrieval {

struct EmbedderFacts {
    std::int64_t n_dims = 0;    ///< values of a vector
    std::int64_t n_tokens = 0;  ///< the most of a text that it sees
    std::string engine;         ///< all that a vector depends on besides model, text and n_tokens
};

struct Embedding {
    std::string vector;  ///< bytes of float32, of length 1
    bool cut = false;    ///< the text has more tokens than it sees
};

class Embedder {
 public:
    Embedder() = default;
    virtual ~Embedder() = default;
    Embedder(const Embedder&) = delete;
    Embedder& operator=(const Embedder&) = delete;

    /// SHA-256 of the model's file; the model is not loaded for it. Throws Error.
    [[nodiscard]] virtual std::string sha256() = 0;
    /// Loads the model, where that was not done yet. Throws Error where it is no embedding model.
    [[nodiscard]] virtual EmbedderFacts facts() = 0;
    /// The same text has the same vector. Throws Error.
    [[nodiscard]] virtual Embedding embed(const std::string& text) = 0;
};

}  // namespace assay::retrieval
