#pragma once
// A text as tokens that are the same for every model that reads it.

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "assay/base/result.hpp"
#include "assay/llm/engine.hpp"
#include "assay/perplexity/base_file.hpp"

namespace assay::app {

/// A failure that names a place is about that file (kUsage); without one the engine ended
/// (kOperational).
[[nodiscard]] Error error_of(const Failure& failure);

template <class T>
[[nodiscard]] T or_throw(Result<T> result) {
    if (!result) {
        throw error_of(result.error());
    }
    return std::move(*result);
}

struct TextTokens {
    std::vector<std::int32_t> tokens;
    std::int64_t n_vocab = 0;
    std::string sha256;  ///< of the text's bytes; empty: none was read
};

/// A model's file.
struct TokenizedFile {
    std::string path;
    bool is_made_of_first = false;  ///< so it has the first one's tokenizer
};

/// Reads the text and makes it tokens with every file's own tokenizer. With `kept`, of a file of
/// log-probabilities at `kept_path`, the tokens are those that it keeps, and `text` may be empty;
/// otherwise they are compared. Throws Error kUsage where the text is none, or is other tokens for
/// another file.
[[nodiscard]] TextTokens read_text_tokens(llm::Engine& engine,
                                          const std::string& text,
                                          std::span<const TokenizedFile> files,
                                          const perplexity::BaseFileHead* kept,
                                          const std::string& kept_path);

}  // namespace assay::app
