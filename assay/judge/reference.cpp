#include "assay/judge/reference.hpp"

#include <fmt/format.h>
#include <unicode/uchar.h>
#include <unicode/ustring.h>
#include <unicode/utf16.h>
#include <unicode/utf8.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace assay::judge {
namespace {

std::u16string decode(std::string_view text) {
    std::u16string out;
    out.reserve(text.size());
    const auto* bytes = reinterpret_cast<const std::uint8_t*>(text.data());
    const auto length = static_cast<std::int64_t>(text.size());
    for (std::int64_t i = 0; i < length;) {
        UChar32 c = 0;
        U8_NEXT_OR_FFFD(bytes, i, length, c);
        if (U_IS_BMP(c)) {
            out.push_back(static_cast<char16_t>(c));
        } else {
            out.push_back(static_cast<char16_t>(U16_LEAD(c)));
            out.push_back(static_cast<char16_t>(U16_TRAIL(c)));
        }
    }
    return out;
}

/// The root locale's full mapping: as str.lower(), with U+0130 becoming two characters and the final sigma by its
/// context.
std::u16string lower(const std::u16string& text) {
    std::u16string out(text.size() + 16, u'\0');
    for (;;) {
        UErrorCode status = U_ZERO_ERROR;
        const std::int32_t length = u_strToLower(out.data(), static_cast<std::int32_t>(out.size()), text.data(),
                                                 static_cast<std::int32_t>(text.size()), "", &status);
        const bool overflow = status == U_BUFFER_OVERFLOW_ERROR;
        ASSAY_CHECK(overflow || U_SUCCESS(status));
        out.resize(static_cast<std::size_t>(length));
        if (!overflow) return out;
    }
}

bool is_ascii_punctuation(UChar32 c) {
    return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/// str.isspace: bidirectional class WS, B or S, or category Zs.
bool is_python_space(UChar32 c) {
    return (c >= 0x09 && c <= 0x0D) || (c >= 0x1C && c <= 0x20) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F || c == 0x3000;
}

/// str.isalnum or '_': letters, and everything with a numeric type. Combining marks are not among them.
bool is_python_word(UChar32 c) {
    return u_isalpha(c) || c == '_' || u_getIntPropertyValue(c, UCHAR_NUMERIC_TYPE) != U_NT_NONE;
}

std::u32string without_punctuation(const std::u16string& text) {
    std::u32string out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        UChar32 c = 0;
        U16_NEXT(text.data(), i, text.size(), c);
        if (!is_ascii_punctuation(c)) out.push_back(static_cast<char32_t>(c));
    }
    return out;
}

/// re.sub(r"\b(a|an|the)\b", " ", text): `\b` on both sides makes the match a whole run of word characters.
std::u32string without_articles(const std::u32string& text) {
    std::u32string out;
    out.reserve(text.size());
    const auto word_at = [&](std::size_t i) { return is_python_word(static_cast<UChar32>(text[i])); };
    for (std::size_t begin = 0; begin < text.size();) {
        std::size_t end = begin + 1;
        if (!word_at(begin)) {
            out.push_back(text[begin]);
            begin = end;
            continue;
        }
        while (end < text.size() && word_at(end)) ++end;
        const std::u32string_view word(text.data() + begin, end - begin);
        if (word == U"a" || word == U"an" || word == U"the") {
            out.push_back(U' ');
        } else {
            out.append(word);
        }
        begin = end;
    }
    return out;
}

void append_utf8(std::string& out, char32_t c) {
    std::uint8_t bytes[U8_MAX_LENGTH];
    std::int32_t length = 0;
    U8_APPEND_UNSAFE(bytes, length, static_cast<UChar32>(c));
    out.append(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(length));
}

double value_of(const TokenF1& f1) {
    return static_cast<double>(f1.numerator) / static_cast<double>(f1.denominator);
}

/// Sign of F1(A) - F1(B) where it is beyond 1/20, else 0. Products stay far below 2^63: a length is at most some 10^7
/// tokens.
int compare(const TokenF1& a, const TokenF1& b) {
    const std::int64_t difference = a.numerator * b.denominator - b.numerator * a.denominator;
    const std::int64_t whole = a.denominator * b.denominator;
    if (20 * difference > whole) return 1;
    return 20 * difference < -whole ? -1 : 0;
}

class ReferenceJudge final : public Judge {
 public:
    std::string identity() const override {
        return nlohmann::ordered_json{
            {"provider", "reference"}, {"metric", "SQuAD token F1"}, {"tie_band", "1/20"}, {"version", 1}}
            .dump();
    }
    bool costs_nothing() const override { return true; }
    RunResult run(const PairSource& next,
                  const std::function<void(const Verdict&)>& sink,
                  const std::atomic<bool>& cancel) override {
        while (!cancel) {
            const auto pair = next();
            if (!pair) return {};
            sink(reference_verdict(*pair));
        }
        return {RunEnd::kCancelled, {}};
    }
};

}  // namespace

std::vector<std::string> squad_tokens(std::string_view text) {
    std::vector<std::string> tokens;
    bool in_token = false;
    for (const char32_t c : without_articles(without_punctuation(lower(decode(text))))) {
        if (is_python_space(static_cast<UChar32>(c))) {
            in_token = false;
            continue;
        }
        if (!in_token) tokens.emplace_back();
        in_token = true;
        append_utf8(tokens.back(), c);
    }
    return tokens;
}

TokenF1 token_f1(std::string_view answer, std::string_view expected) {
    const std::vector<std::string> a = squad_tokens(answer);
    const std::vector<std::string> e = squad_tokens(expected);
    if (a.empty() || e.empty()) return {a.empty() && e.empty() ? 1 : 0, 1};
    std::map<std::string_view, std::int64_t> left;
    for (const std::string& token : e) ++left[token];
    std::int64_t same = 0;
    for (const std::string& token : a) {
        const auto found = left.find(token);
        if (found == left.end() || found->second == 0) continue;
        --found->second;
        ++same;
    }
    return {2 * same, static_cast<std::int64_t>(a.size() + e.size())};
}

Verdict reference_verdict(const BlindedPair& pair) {
    Verdict verdict;
    verdict.item_id = pair.item_id;
    verdict.n_attempts = 1;
    if (!pair.expected) {
        verdict.state = VerdictState::kInvalid;
        verdict.failure = "The reference metric needs an expected answer and this question has none.";
        return verdict;
    }
    const TokenF1 a = token_f1(pair.answer_a, *pair.expected);
    const TokenF1 b = token_f1(pair.answer_b, *pair.expected);
    const int sign = compare(a, b);
    verdict.state = sign > 0 ? VerdictState::kA : sign < 0 ? VerdictState::kB : VerdictState::kTie;
    verdict.reasoning = fmt::format("token F1 {:.2f} against {:.2f}", value_of(a), value_of(b));
    verdict.raw = verdict.reasoning;
    return verdict;
}

Result<std::unique_ptr<Judge>> make_reference_judge(const JudgeSpec&, const Services&, Progress&) {
    return std::make_unique<ReferenceJudge>();
}

}  // namespace assay::judge
