#include "assay/app/text_tokens.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/app/or_throw.hpp"
#include "assay/base/text.hpp"
#include "assay/intake/encoding.hpp"
#include "assay/wire/frame.hpp"

namespace assay::app {
namespace {

constexpr const char* kTakeOneModel =
    "A divergence is defined for one vocabulary only. Take files that were made of one model.";

}  // namespace

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

TextTokens::TextTokens(llm::Engine& engine, const std::string& bytes)
    : engine_(engine), text_(bytes) {
    if (text_.ends_with('\n')) {
        text_.pop_back();  // as llama-perplexity does
    }
}

void TextTokens::keep(const perplexity::BaseFileHead& head, const std::string& path) {
    n_vocab_ = head.n_vocab;
    tokens_ = head.tokens;
    source_ = path;
    kept_ = true;
}

void TextTokens::read(const std::string& path) {
    const wire::Loaded loaded = or_throw(engine_.load({path, true, 0}));
    if (!source_.empty() && loaded.n_vocab != n_vocab_) {
        throw_usage(fmt::format("has a vocabulary of {} tokens, and that of {} has {}",
                                loaded.n_vocab,
                                source_,
                                n_vocab_),
                    path,
                    kTakeOneModel);
    }
    // The text of a control token is text like any other, as in llama-perplexity.
    std::vector<std::int32_t> tokens;
    if (!text_.empty()) {
        tokens = or_throw(engine_.tokenize(wire::Tokenize{text_, true, false}));
    }
    if (!source_.empty()) {
        return compare(tokens, path);
    }
    n_vocab_ = loaded.n_vocab;
    tokens_ = std::move(tokens);
    source_ = path;
}

/// What is kept may be the beginning of the text only.
void TextTokens::compare(const std::vector<std::int32_t>& tokens, const std::string& path) const {
    if (kept_ && text_.empty()) {
        return;
    }
    const auto [own, theirs] = std::mismatch(
        tokens.begin(), tokens.end(), tokens_.begin(), tokens_.end());
    if (theirs == tokens_.end() && (kept_ || own == tokens.end())) {
        return;
    }
    const auto place = own - tokens.begin() + 1;
    if (kept_) {
        throw_usage(fmt::format("is of another text, or of another model: its token {} is not that "
                                "which {} makes of the text",
                                place,
                                path),
                    source_,
                    "Name the text that it was made of, or make it anew under another name.");
    }
    throw_usage(fmt::format("its tokenizer makes other tokens of the text than that of {}, from "
                            "token {} on",
                            source_,
                            place),
                path,
                kTakeOneModel);
}

}  // namespace assay::app
