#include "assay/engine/control_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "assay/base/text.hpp"
#include "assay/wire/messages.hpp"
#include "common.h"

namespace assay::engine {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

}  // namespace

ControlTokens::ControlTokens(const llama_model* model) : vocab_(llama_model_get_vocab(model)) {
    for (std::int32_t id = 0; id < llama_vocab_n_tokens(vocab_); ++id) {
        const unsigned attributes = llama_vocab_get_attr(vocab_, id);
        if ((attributes & (LLAMA_TOKEN_ATTR_CONTROL | LLAMA_TOKEN_ATTR_UNKNOWN)) == 0) {
            continue;
        }
        const std::string text = llama_vocab_get_text(vocab_, id);
        if (text.empty()) {
            continue;
        }
        by_first_byte_[static_cast<unsigned char>(text.front())].push_back(
            {id,
             text,
             (attributes & LLAMA_TOKEN_ATTR_LSTRIP) != 0,
             (attributes & LLAMA_TOKEN_ATTR_RSTRIP) != 0});
    }
    for (auto& tokens : by_first_byte_) {
        std::stable_sort(tokens.begin(), tokens.end(), [](const Token& a, const Token& b) {
            return a.text.size() > b.text.size();
        });
    }
}

const ControlTokens::Token* ControlTokens::at(std::string_view text, std::size_t at) const {
    for (const Token& token : by_first_byte_[static_cast<unsigned char>(text[at])]) {
        if (text.substr(at).starts_with(token.text)) {
            return &token;
        }
    }
    return nullptr;
}

std::string ControlTokens::marked(std::string_view text) const {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        // a noncharacter, which no text should hold
        if (text.substr(i).starts_with(wire::kLiteralMark)) {
            out += kReplacement;
            i += wire::kLiteralMark.size() - 1;
            continue;
        }
        if (at(text, i) != nullptr) {
            out += wire::kLiteralMark;
        }
        out += text[i];
    }
    return out;
}

Result<std::vector<std::int32_t>> ControlTokens::tokenize_marked(const std::string& text) const {
    try {
        return ids_of(text);
    } catch (const std::exception& e) {
        return fail(fmt::format("the text cannot be tokenized: {}", e.what()));
    }
}

/// As llama.cpp does it (tokenizer_st_partition): cut at the control tokens, then tokenize what is
/// between them.
std::vector<std::int32_t> ControlTokens::ids_of(const std::string& text) const {
    std::string plain;
    std::set<std::size_t> literal;  // places in `plain` where no control token begins
    for (std::size_t i = 0; i < text.size();) {
        if (std::string_view(text).substr(i).starts_with(wire::kLiteralMark)) {
            literal.insert(plain.size());
            i += wire::kLiteralMark.size();
        } else {
            plain += text[i++];
        }
    }
    std::vector<std::int32_t> out;
    if (llama_vocab_get_add_bos(vocab_)) {
        out.push_back(llama_vocab_bos(vocab_));
    }
    std::string piece;
    bool strip_left = false;
    const auto finish_piece = [&](bool strip_right) {
        std::string_view rest = piece;
        const auto is_space = [](char c) {
            return std::string_view(" \t\r\n\v\f").find(c) != std::string_view::npos;
        };
        while (strip_left && !rest.empty() && is_space(rest.front())) {
            rest.remove_prefix(1);
        }
        while (strip_right && !rest.empty() && is_space(rest.back())) {
            rest.remove_suffix(1);
        }
        const std::vector<llama_token> tokens = common_tokenize(
            vocab_, std::string(rest), false, false);
        if (!rest.empty()) {
            out.insert(out.end(), tokens.begin(), tokens.end());
        }
        piece.clear();
    };
    for (std::size_t i = 0; i < plain.size();) {
        const Token* token = literal.contains(i) ? nullptr : at(plain, i);
        if (token == nullptr) {
            piece += plain[i++];
            continue;
        }
        finish_piece(token->strips_left);
        out.push_back(token->id);
        strip_left = token->strips_right;
        i += token->text.size();
    }
    finish_piece(false);
    if (llama_vocab_get_add_eos(vocab_)) {
        out.push_back(llama_vocab_eos(vocab_));
    }
    return out;
}

}  // namespace assay::engine
