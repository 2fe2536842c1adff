#pragma once
// Control tokens of a vocabulary, and text that only looks like them. A question may hold
// "<|im_end|>": it is then shown to the model as those characters, and ends no turn.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"
#include "llama-cpp.h"

namespace assay::engine {

class ControlTokens {
 public:
    explicit ControlTokens(const llama_model* model);

    /// The text with wire::kLiteralMark before everything in it that reads as a control token (or
    /// the unknown token).
    [[nodiscard]] std::string marked(std::string_view text) const;
    /// Token ids of a whole prompt as llama.cpp makes them (session.hpp: tokenize), control tokens
    /// and those of the beginning included; but what stands behind a mark is text, and the marks
    /// are left out. Tokens that a vocabulary calls user-defined (Qwen's <think>) are no control
    /// tokens: llama.cpp has no other way to write them.
    [[nodiscard]] Result<std::vector<std::int32_t>> tokenize_marked(const std::string& text) const;

 private:
    struct Token {
        std::int32_t id = 0;
        std::string text;
        bool strips_left = false, strips_right = false;  ///< white space beside it belongs to it
    };
    /// The longest token that the text has at `at`; null: none.
    [[nodiscard]] const Token* at(std::string_view text, std::size_t at) const;
    [[nodiscard]] std::vector<std::int32_t> ids_of(const std::string& text) const;

    const llama_vocab* vocab_;
    std::array<std::vector<Token>, 256> by_first_byte_;  ///< longer ones first
};

}  // namespace assay::engine
