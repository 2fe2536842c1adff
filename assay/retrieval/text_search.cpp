#include "assay/retrieval/text_search.hpp"

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/utf8.h>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::retrieval {
namespace {

bool is_letter_or_digit_before(std::string_view text, std::size_t place) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto i = static_cast<std::int32_t>(place);
    if (i == 0) {
        return false;
    }
    UChar32 c = 0;
    U8_PREV(bytes, 0, i, c);
    return c >= 0 && u_isalnum(c) != 0;
}

bool is_letter_or_digit_at(std::string_view text, std::size_t place) {
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    auto i = static_cast<std::int32_t>(place);
    const auto length = static_cast<std::int32_t>(text.size());
    if (i == length) {
        return false;
    }
    UChar32 c = 0;
    U8_NEXT(bytes, i, length, c);
    return c >= 0 && u_isalnum(c) != 0;
}

/// Whether a word runs on over the place.
bool is_inside_word(std::string_view text, std::size_t place) {
    return is_letter_or_digit_before(text, place) && is_letter_or_digit_at(text, place);
}

/// Without marks at its ends: an answer's full stop need not stand in the passage.
std::string_view without_end_marks(std::string_view text) {
    constexpr std::string_view kMarks = " .,;:!?\"'";
    const std::size_t first = text.find_first_not_of(kMarks);
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(kMarks) - first + 1);
}

}  // namespace

bool holds_word_for_word(std::string_view text, std::string_view part) {
    part = without_end_marks(part);
    if (part.empty()) {
        return false;
    }
    for (std::size_t at = text.find(part); at != std::string_view::npos;
         at = text.find(part, at + 1)) {
        if (!is_inside_word(text, at) && !is_inside_word(text, at + part.size())) {
            return true;
        }
    }
    return false;
}

std::string normal_text(std::string_view text) {
    UErrorCode status = U_ZERO_ERROR;
    const icu::Normalizer2* nfc = icu::Normalizer2::getNFCInstance(status);
    ASSAY_CHECK(U_SUCCESS(status));
    const icu::UnicodeString normal = nfc->normalize(
        icu::UnicodeString::fromUTF8(to_valid_utf8(text)), status);
    ASSAY_CHECK(U_SUCCESS(status));
    icu::UnicodeString out;
    bool owes_a_space = false;
    for (std::int32_t i = 0; i < normal.length(); i = normal.moveIndex32(i, 1)) {
        const UChar32 c = normal.char32At(i);
        if (u_isUWhiteSpace(c) != 0) {
            owes_a_space = !out.isEmpty();
            continue;
        }
        if (owes_a_space) {
            out.append(u' ');
            owes_a_space = false;
        }
        out.append(c);
    }
    std::string bytes;
    out.toUTF8String(bytes);
    return bytes;
}

}  // namespace assay::retrieval
