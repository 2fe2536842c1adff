#pragma once
// An embedding model: a text in, a vector of length 1 out.

#include <cstdint>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/wire/embedding.hpp"
#include "llama-cpp.h"

namespace assay::engine {

class Embedder {
 public:
    /// Fails with a sentence where the file is no embedding model: its header names no pooling of
    /// the tokens' vectors into one, as in models that write text, or it is a reranker.
    [[nodiscard]] static Result<Embedder> open(const wire::LoadEmbedder& request);

    [[nodiscard]] wire::LoadedEmbedder describe() const;
    [[nodiscard]] Result<wire::Embedded> embed(const std::string& text);

 private:
    Embedder(llama_model_ptr model, llama_context_ptr context, std::int64_t n_tokens)
        : model_(std::move(model)), context_(std::move(context)), n_tokens_(n_tokens) {}

    llama_model_ptr model_;
    llama_context_ptr context_;
    std::int64_t n_tokens_;  ///< the most of a text that is seen, and the size of the context
};

}  // namespace assay::engine
