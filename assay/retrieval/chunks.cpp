#include "assay/retrieval/chunks.hpp"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <array>
#include <memory>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"
#include "assay/base/unicode_text.hpp"
#include "assay/retrieval/text_search.hpp"

namespace assay::retrieval {
namespace {

using icu::BreakIterator;
using icu::UnicodeString;

/// Behind these no sentence ends. ICU's own list for English lacks most of them, and its filter
/// misses those with a full stop inside ("i.e.").
constexpr std::array kAbbreviations = std::to_array<std::string_view>(
    {"Dr.",  "Mr.",  "Mrs.",  "Ms.",   "Prof.", "St.",  "Sr.",  "Jr.",     "cf.",
     "Cf.",  "Fig.", "fig.",  "Figs.", "Eq.",   "eq.",  "Eqs.", "Sec.",    "sec.",
     "Ref.", "ref.", "Refs.", "Tab.",  "Vol.",  "vol.", "No.",  "Nos.",    "pp.",
     "p.",   "al.",  "i.e.",  "e.g.",  "vs.",   "viz.", "ca.",  "approx.", "resp.",
     "Gen.", "Col.", "Rev.",  "Hon.",  "Gov.",  "Sen.", "Rep.", "Mt.",     "Ft."});

/// Whether the last word of a text is an abbreviation.
bool ends_with_abbreviation(const std::string& text) {
    std::string_view word = trim(text);
    word.remove_prefix(word.find_last_of(" ([\"'") + 1);  // npos + 1 is 0
    return std::find(kAbbreviations.begin(), kAbbreviations.end(), word) != kAbbreviations.end();
}

std::unique_ptr<BreakIterator> sentences_iterator() {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<BreakIterator> out(
        BreakIterator::createSentenceInstance(icu::Locale::getEnglish(), status));
    ASSAY_CHECK(U_SUCCESS(status));
    return out;
}

std::unique_ptr<BreakIterator> words_iterator() {
    UErrorCode status = U_ZERO_ERROR;
    std::unique_ptr<BreakIterator> out(
        BreakIterator::createWordInstance(icu::Locale::getRoot(), status));
    ASSAY_CHECK(U_SUCCESS(status));
    return out;
}

std::string to_utf8(const UnicodeString& text) {
    std::string out;
    text.toUTF8String(out);
    return out;
}

/// The paragraphs of a text, which are apart by lines of white space only.
std::vector<std::string> paragraphs_of(std::string_view text) {
    std::vector<std::string> out;
    std::string paragraph;
    const auto end_paragraph = [&] {
        std::string clean = normal_text(paragraph);
        if (!clean.empty()) {
            out.push_back(std::move(clean));
        }
        paragraph.clear();
    };
    for (const std::string& line : split(text, '\n')) {
        if (trim_unicode(line).empty()) {
            end_paragraph();
        } else {
            paragraph += line + "\n";
        }
    }
    end_paragraph();
    return out;
}

class Chunker {
 public:
    std::vector<std::string> cut(std::string_view text) {
        for (const std::string& paragraph : paragraphs_of(text)) {
            add_paragraph(UnicodeString::fromUTF8(paragraph));
        }
        end_passage();
        return std::move(passages_);
    }

 private:
    /// How much of a passage's room a text takes.
    struct Size {
        std::int64_t words = 0;
        std::int64_t characters = 0;
        [[nodiscard]] bool fits() const {
            return words <= kMostWords && characters <= kMostCharacters;
        }
        friend Size operator+(Size a, Size b) {
            return {a.words + b.words, a.characters + b.characters};
        }
    };

    Size size_of(const UnicodeString& text) {
        Size size{0, text.countChar32()};
        words_->setText(text);
        while (words_->next() != BreakIterator::DONE) {
            size.words += words_->getRuleStatus() >= UBRK_WORD_NONE_LIMIT;
        }
        size.words = std::max(size.words, n_words(to_utf8(text)));
        return size;
    }

    void add_paragraph(const UnicodeString& paragraph) {
        sentences_->setText(paragraph);
        joint_ = "\n";
        std::int32_t begin = 0;
        for (std::int32_t end = sentences_->next(); end != BreakIterator::DONE;
             end = sentences_->next()) {
            UnicodeString sentence(paragraph, begin, end - begin);
            const bool goes_on = end < paragraph.length() &&
                                 ends_with_abbreviation(to_utf8(sentence));
            if (goes_on) {
                continue;
            }
            begin = end;
            add_sentence(sentence.trim());
        }
    }

    void add_sentence(const UnicodeString& sentence) {
        const Size size = size_of(sentence);
        if (size.fits()) {
            add(sentence, size);
            return;
        }
        for (const UnicodeString& piece : pieces_of(sentence)) {
            add(piece, size_of(piece));
        }
    }

    /// Pieces of a long sentence that fit, cut at the ends of words, or inside of one that fits
    /// nowhere.
    std::vector<UnicodeString> pieces_of(const UnicodeString& sentence) {
        std::vector<UnicodeString> out;
        UnicodeString piece;
        Size size;
        const auto end_piece = [&] {
            if (!piece.trim().isEmpty()) {
                out.push_back(piece);
            }
            piece.remove();
            size = {};
        };
        const auto add_word = [&](const UnicodeString& word) {
            // a joint may make one word of two, never more of one
            const Size more{1, word.countChar32()};
            if (!(size + more).fits()) {
                end_piece();
            }
            piece.append(word);
            size = size + more;
        };
        const std::unique_ptr<BreakIterator> words = words_iterator();
        words->setText(sentence);
        std::int32_t begin = 0;
        for (std::int32_t end = words->next(); end != BreakIterator::DONE; end = words->next()) {
            const bool is_space = u_isUWhiteSpace(sentence.char32At(begin)) != 0;
            const UnicodeString word(sentence, begin, end - begin);
            begin = end;
            if (is_space) {
                piece.append(word);
                ++size.characters;
            } else {
                for (const UnicodeString& part : short_parts_of(word)) {
                    add_word(part);
                }
            }
        }
        end_piece();
        return out;
    }

    static std::vector<UnicodeString> short_parts_of(const UnicodeString& word) {
        std::vector<UnicodeString> out;
        for (std::int32_t begin = 0; begin < word.length();) {
            const std::int32_t end = word.moveIndex32(begin,
                                                      static_cast<std::int32_t>(kMostCharacters));
            out.emplace_back(word, begin, end - begin);
            begin = end;
        }
        return out;
    }

    void add(const UnicodeString& text, Size size) {
        const Size joined = size_ + size + Size{0, passage_.empty() ? 0 : 1};
        if (!passage_.empty() && !joined.fits()) {
            end_passage();
        }
        if (!passage_.empty()) {
            passage_ += joint_;
            ++size_.characters;
        }
        passage_ += to_utf8(text);
        size_ = size_ + size;
        joint_ = " ";
    }

    void end_passage() {
        if (!passage_.empty()) {
            passages_.push_back(std::move(passage_));
        }
        passage_.clear();
        size_ = {};
    }

    const std::unique_ptr<BreakIterator> sentences_ = sentences_iterator();
    const std::unique_ptr<BreakIterator> words_ = words_iterator();
    std::vector<std::string> passages_;
    std::string passage_;
    Size size_;
    const char* joint_ = "";  ///< between the passage so far and what comes next
};

}  // namespace

std::vector<std::string> passages_of(std::string_view text) {
    return Chunker().cut(text);
}

}  // namespace assay::retrieval
