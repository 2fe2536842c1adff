#include "assay/retrieval/lexical.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>

#include "assay/base/hash.hpp"
#include "assay/retrieval/text_search.hpp"
#include "assay/store/text_index.hpp"

namespace assay::retrieval {
namespace {

// English. Of another language no word is left out; there the score itself makes frequent words
// count little.
constexpr std::array kStopWords = std::to_array<std::string_view>(
    {"a",     "about",  "after",   "all",   "also",    "am",    "an",     "and",   "any",
     "are",   "as",     "at",      "be",    "because", "been",  "before", "being", "between",
     "both",  "but",    "by",      "can",   "could",   "d",     "did",    "do",    "does",
     "doing", "during", "each",    "for",   "from",    "had",   "has",    "have",  "having",
     "he",    "her",    "here",    "him",   "his",     "how",   "i",      "if",    "in",
     "into",  "is",     "it",      "its",   "just",    "ll",    "m",      "may",   "me",
     "might", "more",   "most",    "must",  "my",      "no",    "nor",    "not",   "of",
     "on",    "only",   "or",      "other", "our",     "out",   "over",   "own",   "re",
     "s",     "same",   "shall",   "she",   "should",  "so",    "some",   "such",  "t",
     "than",  "that",   "the",     "their", "them",    "then",  "there",  "these", "they",
     "this",  "those",  "through", "to",    "too",     "under", "until",  "up",    "us",
     "ve",    "very",   "was",     "we",    "were",    "what",  "when",   "where", "which",
     "while", "who",    "whom",    "whose", "why",     "will",  "with",   "would", "you",
     "your"});

/// Of the same character as the tokens of FTS5's unicode61; marks belong to the letter before.
bool belongs_to_word(UChar32 c) {
    return u_isalnum(c) != 0 || (U_GET_GC_MASK(c) & (U_GC_M_MASK | U_GC_N_MASK)) != 0;
}

bool is_stop_word(const std::string& word) {
    return std::find(kStopWords.begin(), kStopWords.end(), word) != kStopWords.end();
}

std::vector<std::string> words_of(std::string_view text) {
    icu::UnicodeString folded = icu::UnicodeString::fromUTF8(normal_text(text)).foldCase();
    std::vector<std::string> out;
    icu::UnicodeString word;
    const auto end_word = [&] {
        if (!word.isEmpty()) {
            word.toUTF8String(out.emplace_back());
        }
        word.remove();
    };
    for (std::int32_t i = 0; i < folded.length(); i = folded.moveIndex32(i, 1)) {
        const UChar32 c = folded.char32At(i);
        if (belongs_to_word(c)) {
            word.append(c);
        } else {
            end_word();
        }
    }
    end_word();
    return out;
}

}  // namespace

std::vector<std::string> query_words(std::string_view question) {
    std::vector<std::string> words = words_of(question);
    std::sort(words.begin(), words.end());
    words.erase(std::unique(words.begin(), words.end()), words.end());
    std::vector<std::string> wanted;
    std::copy_if(words.begin(), words.end(), std::back_inserter(wanted), [](const auto& word) {
        return !is_stop_word(word);
    });
    return wanted.empty() ? words : wanted;
}

std::string lexical_rules() {
    return fmt::format("BM25 by SQLite FTS5 ({}), {} stop words left out of the question ({})",
                       store::TextIndex::kTokenizer,
                       kStopWords.size(),
                       sha256_hex(fmt::format("{}", fmt::join(kStopWords, " "))).substr(0, 8));
}

LexicalIndex::LexicalIndex(std::span<const Passage> passages)
    : index_(std::make_unique<store::TextIndex>()) {
    index_->add_all(passages.size(), [&](std::size_t i) {
        const Passage& passage = passages[i];
        return normal_text(passage.title.empty() ? passage.text
                                                 : passage.title + "\n" + passage.text);
    });
}

LexicalIndex::~LexicalIndex() = default;

std::vector<Scored> LexicalIndex::search(std::string_view question, std::size_t depth) const {
    std::vector<Scored> out;
    for (const store::TextIndex::Match& match :
         index_->best(query_words(question), static_cast<std::int64_t>(depth))) {
        out.push_back({static_cast<std::size_t>(match.number), match.score});
    }
    return out;
}

}  // namespace assay::retrieval
