#include "assay/app/text_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/base/hash.hpp"
#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/wire/frame.hpp"

namespace assay::app {
namespace {

constexpr const char* kTakeOneModel =
    "A divergence is defined for one vocabulary only. Take files that were made of one model.";

std::string read_text_bytes(const std::string& path) {
    std::string text = or_throw(read_file(path));
    if (const auto why = intake::why_not_text(text)) {
        throw_usage(why->message,
                    why->line > 0 ? fmt::format("{}:{}", path, why->line) : path,
                    why->remedy);
    }
    if (trim(text).empty()) {
        throw_usage("the text is empty", path);
    }
    if (text.size() >= wire::kMaxPayloadBytes) {
        throw_usage(fmt::format("the text has {}, and at most {} are read",
                                format_bytes(text.size()),
                                format_bytes(wire::kMaxPayloadBytes)),
                    path,
                    "Take a part of it.");
    }
    return text;
}

/// Reads `text` with the tokenizers of several files.
class Tokenizers {
 public:
    Tokenizers(llm::Engine& engine, std::string text, std::int64_t n_vocab)
        : engine_(engine), text_(std::move(text)), n_vocab_(n_vocab) {}

    void read(const std::string& path) {
        const wire::Loaded loaded = or_throw(engine_.load({path, true, 0}));
        if (n_vocab_ != 0 && loaded.n_vocab != n_vocab_) {
            throw_usage(fmt::format("has a vocabulary of {} tokens, and {} has {}",
                                    loaded.n_vocab,
                                    first_.empty() ? "the file of log-probabilities" : first_,
                                    n_vocab_),
                        path,
                        kTakeOneModel);
        }
        n_vocab_ = loaded.n_vocab;
        if (text_.empty()) {
            return;
        }
        // The text of a control token is text like any other, as in llama-perplexity.
        auto tokens = or_throw(engine_.tokenize(wire::Tokenize{text_, true, false}));
        if (!first_.empty() && tokens != tokens_) {
            const auto [here, there] = std::mismatch(
                tokens.begin(), tokens.end(), tokens_.begin(), tokens_.end());
            throw_usage(fmt::format("its tokenizer makes other tokens of the text than that of "
                                    "{}, from token {} on",
                                    first_,
                                    here - tokens.begin() + 1),
                        path,
                        kTakeOneModel);
        }
        tokens_ = std::move(tokens);
        if (first_.empty()) {
            first_ = path;
        }
    }

    [[nodiscard]] std::vector<std::int32_t>& tokens() { return tokens_; }
    [[nodiscard]] std::int64_t n_vocab() const { return n_vocab_; }

 private:
    llm::Engine& engine_;
    std::string text_;
    std::int64_t n_vocab_;
    std::string first_;  ///< the file whose tokens they are
    std::vector<std::int32_t> tokens_;
};

}  // namespace

Error error_of(const Failure& failure) {
    return {failure.place.empty() ? ErrorKind::kOperational : ErrorKind::kUsage, failure};
}

TextTokens read_text_tokens(llm::Engine& engine,
                            const std::string& text,
                            std::span<const TokenizedFile> files,
                            const perplexity::BaseFileHead* kept,
                            const std::string& kept_path) {
    TextTokens out;
    std::string bytes;
    if (!text.empty()) {
        bytes = read_text_bytes(text);
        out.sha256 = sha256_hex(bytes);
        if (bytes.ends_with('\n')) {
            bytes.pop_back();  // as llama-perplexity does
        }
    }
    Tokenizers tokenizers(engine, std::move(bytes), kept != nullptr ? kept->n_vocab : 0);
    for (const TokenizedFile& file : files) {
        if (!file.is_made_of_first || &file == &files.front()) {
            tokenizers.read(file.path);
        }
    }
    out.n_vocab = tokenizers.n_vocab();
    out.tokens = std::move(tokenizers.tokens());
    if (kept == nullptr) {
        return out;
    }
    const bool begins_so = out.tokens.size() >= kept->tokens.size() &&
                           std::equal(kept->tokens.begin(), kept->tokens.end(), out.tokens.begin());
    if (!text.empty() && !begins_so) {
        throw_usage(
            "its tokens are not those of the text: it was made of another text, or with "
            "another model",
            kept_path,
            "Name the text that it was made of, or make it anew under another name.");
    }
    out.tokens = kept->tokens;
    return out;
}

}  // namespace assay::app
