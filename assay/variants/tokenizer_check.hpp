#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "assay/llm/engine.hpp"

namespace assay::variants {

/// What a folder's own tokenizer says.
struct TokenizerSays {
    struct Text {
        std::string text;
        bool special = false;  ///< with what it puts at the beginning of a text
        std::vector<std::int32_t> ids;
    };
    struct End {
        std::int32_t id = 0;
        std::string text;
    };
    std::vector<Text> texts;
    std::int64_t n_vocab = 0;   ///< as config.json says; 0: it does not
    std::int64_t n_tokens = 0;  ///< that the tokenizer knows
    std::optional<End> end{};   ///< what ends an answer in the chat template, or, without one, a
                                ///< text; empty: no control token does
};

/// Reads it from Python's reply (convert_script.hpp). Fails where it does not say it of every text.
[[nodiscard]] Result<TokenizerSays> tokenizer_says(const std::string& reply_text);

/// The texts that tokenizers are compared on: digits, accents, white space, emoji, code, scripts.
[[nodiscard]] const std::vector<std::string>& tokenizer_texts();

/// Whether the engine makes the same of a model file: its vocabulary is large enough, every text
/// has the same token ids, and what ends an answer does so there. Fails with the first difference.
[[nodiscard]] Result<bool> check_tokenizer(llm::Engine& engine,
                                           const std::string& file,
                                           const TokenizerSays& says);

}  // namespace assay::variants
