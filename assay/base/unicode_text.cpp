#include "assay/base/unicode_text.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>
#include <unicode/utf8.h>

#include <algorithm>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay {
namespace {

bool is_space(UChar32 c) {
    constexpr UChar32 kByteOrderMark = 0xFEFF, kZeroWidthSpace = 0x200B;
    return c == kByteOrderMark || c == kZeroWidthSpace || u_isUWhiteSpace(c) != 0;
}

/// Calls `visit` with each code point (-1 for a byte that is no UTF-8), its first byte and the one
/// behind it.
template <class Visit>
void each_code_point(std::string_view text, const Visit& visit) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int64_t>(text.size());
    for (std::int64_t end = 0; end < length;) {
        const std::int64_t begin = end;
        UChar32 c = 0;
        U8_NEXT(bytes, end, length, c);
        visit(c, static_cast<std::size_t>(begin), static_cast<std::size_t>(end));
    }
}

std::string with_single_spaces(const std::string& text) {
    std::string out;
    bool owes_a_space = false;
    each_code_point(text, [&](UChar32 c, std::size_t begin, std::size_t end) {
        if (is_space(c)) {
            owes_a_space = !out.empty();
            return;
        }
        if (owes_a_space) {
            out += ' ';
            owes_a_space = false;
        }
        out.append(text, begin, end - begin);
    });
    return out;
}

/// The code point at `place`; -1: no UTF-8, -2: the text ends.
UChar32 code_point_at(std::string_view text, std::size_t place) {
    UChar32 out = -2;
    if (place < text.size()) {
        const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
        auto at = static_cast<std::int64_t>(place);
        U8_NEXT(bytes, at, static_cast<std::int64_t>(text.size()), out);
    }
    return out;
}

/// Whether what comes at `place` belongs to the character before it.
bool goes_on_with_a_mark(std::string_view text, std::size_t place) {
    if (place >= text.size()) {
        return false;
    }
    const UChar32 c = code_point_at(text, place);
    return c >= 0 ? u_hasBinaryProperty(c, UCHAR_GRAPHEME_EXTEND) != 0
                  : U8_IS_TRAIL(static_cast<std::uint8_t>(text[place]));
}

std::size_t begin_of_code_point_before(std::string_view text, std::size_t place) {
    do {
        --place;
    } while (place > 0 && U8_IS_TRAIL(static_cast<std::uint8_t>(text[place])));
    return place;
}

bool goes_on_with_a_word(std::string_view text, std::size_t place) {
    return place < text.size() && !is_space(code_point_at(text, place));
}

}  // namespace

std::string folded_text(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* folding = icu::Normalizer2::getNFKCCasefoldInstance(status);
    ASSAY_CHECK(U_SUCCESS(status));
    const icu::UnicodeString folded = folding->normalize(
        icu::UnicodeString::fromUTF8(to_valid_utf8(text)), status);
    ASSAY_CHECK(U_SUCCESS(status));
    std::string out;
    folded.toUTF8String(out);
    return with_single_spaces(out);
}

std::string letters_and_digits(std::string_view text) {
    const std::string folded = folded_text(text);
    std::string out;
    each_code_point(folded, [&](UChar32 c, std::size_t begin, std::size_t end) {
        if (u_isalnum(c) != 0) {
            out.append(folded, begin, end - begin);
        }
    });
    return out;
}

std::string_view trim_unicode(std::string_view text) {
    std::size_t first = text.size(), last = 0;
    each_code_point(text, [&](UChar32 c, std::size_t begin, std::size_t end) {
        if (!is_space(c)) {
            first = std::min(first, begin);
            last = end;
        }
    });
    return first < last ? text.substr(first, last - first) : std::string_view();
}

LetterCounts letters_of(std::string_view text) {
    LetterCounts out;
    each_code_point(text, [&](UChar32 c, std::size_t, std::size_t) {
        if (c < 0 || u_isalpha(c) == 0) {
            return;
        }
        ++out.n;
        UErrorCode status = U_ZERO_ERROR;
        switch (uscript_getScript(c, &status)) {
            case USCRIPT_HAN:
            case USCRIPT_HIRAGANA:
            case USCRIPT_KATAKANA:
            case USCRIPT_THAI:
            case USCRIPT_LAO:
            case USCRIPT_KHMER:
            case USCRIPT_MYANMAR: ++out.n_without_word_spaces; break;
            default: break;
        }
    });
    return out;
}

std::optional<TextDifference> first_difference(std::string_view a, std::string_view b) {
    if (a == b) {
        return std::nullopt;
    }
    const auto [in_a, in_b] = std::mismatch(a.begin(), a.end(), b.begin(), b.end());
    TextDifference out;
    out.place = static_cast<std::size_t>(in_a - a.begin());
    // A character that only the one or the other goes on with, by bytes or by marks, differs.
    while (out.place > 0 &&
           (goes_on_with_a_mark(a, out.place) || goes_on_with_a_mark(b, out.place))) {
        out.place = begin_of_code_point_before(a, out.place);
    }
    const std::string_view common = a.substr(0, out.place);
    out.word = out.place;
    if (goes_on_with_a_word(a, out.place) || goes_on_with_a_word(b, out.place)) {
        out.word = 0;
        each_code_point(common, [&](UChar32 c, std::size_t, std::size_t end) {
            out.word = is_space(c) ? end : out.word;
        });
    }
    out.n_words = n_words(common.substr(0, out.word));
    return out;
}

std::int64_t n_words(std::string_view text) {
    std::int64_t n = 0;
    bool in_word = false;
    each_code_point(text, [&](UChar32 c, std::size_t, std::size_t) {
        const bool space = is_space(c);
        n += !space && !in_word;
        in_word = !space;
    });
    return n;
}

}  // namespace assay
