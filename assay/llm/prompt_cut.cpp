// Problem: servers with a small context throw the beginning of a long prompt away and answer 200.
// Ollama's /v1 does it with the 2048 or 4096 tokens that it has by default. The judge then sees one
// answer of two, and nothing in the reply says so but the number of prompt tokens.
//
// Model: two signs, each of which hardly comes about otherwise.
//   - Far below: more than kMostLettersPerToken letters a token. Tokenizers of today have 1 to 6 in
//     any language; blanks and rulers, of which a token holds many, are not counted.
//   - A ceiling: no reply names more tokens, several name exactly as many, and their prompts differ
//     clearly in length.
//
// Invariant: counts below kLeastTokens say nothing. There is no server with so small a context, but
// there are some that name only what their cache did not have.
//
// It ends because each reply is looked at once.

#include "assay/llm/prompt_cut.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/base/text.hpp"

namespace assay::llm {
namespace {

constexpr std::int64_t kLeastTokens = 256;
constexpr double kMostLettersPerToken = 8;

/// So many equal counts, of prompts whose lengths differ by this factor, make a ceiling.
struct CeilingSign {
    std::int64_t n;
    double spread;
};
constexpr CeilingSign kCeilingSigns[] = {{3, 1.3}, {10, 1.1}};

constexpr const char* kRemedy =
    "give the server a larger context (Ollama: OLLAMA_CONTEXT_LENGTH, or num_ctx of the model)";

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

}  // namespace

double n_letters(std::string_view text) {
    double n = 0;
    std::string_view last;
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin + 1;
        while (end < text.size() && is_continuation(text[end])) {
            ++end;
        }
        const std::string_view letter = text.substr(begin, end - begin);
        const bool is_space = letter.size() == 1 && static_cast<unsigned char>(letter[0]) <= 0x20;
        n += !is_space && letter != last;
        last = letter;
        begin = end;
    }
    return n;
}

std::optional<std::string> PromptCut::look(std::string_view prompt, std::int64_t n_tokens) {
    if (n_tokens < kLeastTokens) {
        return {};
    }
    const double length = n_letters(prompt);
    Same& same = by_count_[n_tokens];
    same.shortest = same.n == 0 ? length : std::min(same.shortest, length);
    same.longest = std::max(same.longest, length);
    ++same.n;
    if (length > kMostLettersPerToken * static_cast<double>(n_tokens)) {
        return fmt::format(
            "The server seems to have cut the prompt: it counts {} tokens in a text of {} "
            "characters; {}.",
            n_tokens,
            n_characters(prompt),
            kRemedy);
    }
    if (by_count_.rbegin()->first != n_tokens) {
        return {};
    }
    for (const CeilingSign& sign : kCeilingSigns) {
        if (same.n >= sign.n && same.longest > sign.spread * same.shortest) {
            return fmt::format(
                "The server seems to cut prompts: it counts exactly {} tokens in {} prompts of "
                "clearly different length, and never more; {}.",
                n_tokens,
                same.n,
                kRemedy);
        }
    }
    return {};
}

}  // namespace assay::llm
