#pragma once
// A text as tokens that are the same for every model that reads it.

#include <cstdint>
#include <string>
#include <vector>

#include "assay/llm/engine.hpp"
#include "assay/perplexity/base_file.hpp"

namespace assay::app {

/// A text file's bytes. Throws Error kUsage where it is not there, no UTF-8, empty, or too large.
[[nodiscard]] std::string read_text_bytes(const std::string& path);

class TextTokens {
 public:
    /// `bytes`: empty if there is no text, only what is kept.
    TextTokens(llm::Engine& engine, const std::string& bytes);

    /// From now on the tokens are those that a file of log-probabilities keeps.
    void keep(const perplexity::BaseFileHead& head, const std::string& path);

    /// Makes the text tokens with the tokenizer of a model's file. Throws Error kUsage where its
    /// vocabulary has another size than those before, or the tokens are others.
    void read(const std::string& path);

    [[nodiscard]] const std::vector<std::int32_t>& tokens() const { return tokens_; }
    [[nodiscard]] std::int64_t n_vocab() const { return n_vocab_; }

 private:
    void compare(const std::vector<std::int32_t>& tokens, const std::string& path) const;

    llm::Engine& engine_;
    std::string text_;
    std::int64_t n_vocab_ = 0;
    std::string source_;  ///< the file whose tokens and vocabulary they are
    bool kept_ = false;
    std::vector<std::int32_t> tokens_;
};

}  // namespace assay::app
