#include "assay/pairing/text_parts.hpp"

#include <unicode/brkiter.h>
#include <unicode/uchar.h>
#include <unicode/utext.h>

#include <memory>

#include "assay/base/result.hpp"
#include "assay/base/unicode_text.hpp"

namespace assay::pairing {
namespace {

using Boundaries = std::unique_ptr<icu::BreakIterator>;

Boundaries made(icu::BreakIterator* (*make)(const icu::Locale&, UErrorCode&)) {
    UErrorCode error = U_ZERO_ERROR;
    Boundaries out(make(icu::Locale::getRoot(), error));
    ASSAY_CHECK(U_SUCCESS(error));
    return out;
}

/// Calls `each(begin, end, rule status)` for the parts of a UTF-8 text, in bytes.
template <class Each>
void for_parts(icu::BreakIterator& boundaries, std::string_view text, const Each& each) {
    UErrorCode error = U_ZERO_ERROR;
    UText* opened = utext_openUTF8(nullptr, text.data(), static_cast<int64_t>(text.size()), &error);
    boundaries.setText(opened, error);
    ASSAY_CHECK(U_SUCCESS(error));
    auto begin = static_cast<std::size_t>(boundaries.first());
    for (int32_t next = boundaries.next(); next != icu::BreakIterator::DONE;
         next = boundaries.next()) {
        const auto end = static_cast<std::size_t>(next);
        each(begin, end, boundaries.getRuleStatus());
        begin = end;
    }
    utext_close(opened);
}

UChar32 first_letter(std::string_view word) {
    UChar32 letter = 0;
    U8_GET(reinterpret_cast<const uint8_t*>(word.data()),
           0,
           0,
           static_cast<int32_t>(word.size()),
           letter);
    return letter;
}

}  // namespace

std::vector<Stretch> sentences_of(std::string_view text) {
    // Making an iterator reads its rules, which takes far longer than using it.
    thread_local const Boundaries boundaries = made(&icu::BreakIterator::createSentenceInstance);
    std::vector<Stretch> out;
    for_parts(*boundaries, text, [&](std::size_t begin, std::size_t end, int32_t) {
        if (!trim_unicode(text.substr(begin, end - begin)).empty()) {
            out.push_back({begin, end});
        }
    });
    return out;
}

std::vector<Word> words_of(std::string_view text) {
    thread_local const Boundaries boundaries = made(&icu::BreakIterator::createWordInstance);
    const std::vector<Stretch> sentences = sentences_of(text);
    std::vector<Word> out;
    std::size_t sentence = 0;
    bool first_of_sentence = true;
    for_parts(*boundaries, text, [&](std::size_t begin, std::size_t end, int32_t status) {
        while (sentence + 1 < sentences.size() && begin >= sentences[sentence].end) {
            ++sentence;
            first_of_sentence = true;
        }
        if (status < UBRK_WORD_NUMBER) {
            return;
        }
        Word word;
        word.place = {begin, end};
        word.is_number = status < UBRK_WORD_NUMBER_LIMIT;
        word.is_capital = u_isupper(first_letter(text.substr(begin))) != 0;
        word.begins_sentence = first_of_sentence;
        out.push_back(word);
        first_of_sentence = false;
    });
    return out;
}

std::string edited(std::string_view text, const std::vector<Edit>& edits) {
    std::string out;
    std::size_t from = 0;
    for (const Edit& edit : edits) {
        out += text.substr(from, edit.place.begin - from);
        out += edit.by;
        from = edit.place.end;
    }
    out += text.substr(from);
    return out;
}

}  // namespace assay::pairing
