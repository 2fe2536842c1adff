#include "assay/intake/json_reader.hpp"

#include <fmt/format.h>

#include <array>
#include <cstdint>

#include "assay/base/text.hpp"

namespace assay::intake {
namespace {

constexpr int kMostLevels = 64;
constexpr std::string_view kMinusInfinity = "-Infinity";

/// Characters that end the fast way through a text: quote, backslash, control characters, and all
/// beyond ASCII.
constexpr std::array<bool, 256> special_characters() {
    std::array<bool, 256> out{};
    for (std::size_t c = 0; c < 256; ++c) {
        out[c] = c < 0x20 || c >= 0x80 || c == '"' || c == '\\';
    }
    return out;
}
constexpr std::array<bool, 256> kSpecial = special_characters();

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

void append_utf8(std::string& out, std::uint32_t code) {
    const auto byte = [&](std::uint32_t value) { out += static_cast<char>(value); };
    if (code < 0x80) {
        byte(code);
    } else if (code < 0x800) {
        byte(0xC0 | code >> 6);
        byte(0x80 | (code & 0x3F));
    } else if (code < 0x10000) {
        byte(0xE0 | code >> 12);
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    } else {
        byte(0xF0 | code >> 18);
        byte(0x80 | (code >> 12 & 0x3F));
        byte(0x80 | (code >> 6 & 0x3F));
        byte(0x80 | (code & 0x3F));
    }
}

}  // namespace

std::string_view words_of(JsonKind kind) {
    switch (kind) {
        case JsonKind::kNone: return "the end of the text";
        case JsonKind::kNull: return "null";
        case JsonKind::kBool: return "true or false";
        case JsonKind::kNumber: return "a number";
        case JsonKind::kText: return "text";
        case JsonKind::kList: return "a list";
        case JsonKind::kObject: return "an object";
    }
    return {};
}

void JsonReader::reset(std::string_view text) {
    text_ = text;
    at_ = 0;
    after_open_ = false;
    forget();
}

void JsonReader::broken(std::string message) const {
    throw JsonProblem{at_, std::move(message)};
}

void JsonReader::skip_space() {
    while (at_ < text_.size() &&
           (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t')) {
        ++at_;
    }
}

JsonKind JsonReader::kind() {
    skip_space();
    if (at_ == text_.size()) {
        return JsonKind::kNone;
    }
    switch (text_[at_]) {
        case '"': return JsonKind::kText;
        case '{': return JsonKind::kObject;
        case '[': return JsonKind::kList;
        case 't':
        case 'f': return JsonKind::kBool;
        case 'n':
        case 'N':
        case 'I': return JsonKind::kNull;
        default:
            if (text_.substr(at_, kMinusInfinity.size()) == kMinusInfinity) {
                return JsonKind::kNull;
            }
            if (text_[at_] == '-' || is_digit(text_[at_])) {
                return JsonKind::kNumber;
            }
            broken("a value is expected");
    }
}

void JsonReader::expect(char c, std::string_view what) {
    skip_space();
    if (at_ == text_.size()) {
        broken(fmt::format("it ends where {} is expected", what));
    }
    if (text_[at_] != c) {
        broken(fmt::format("{} is expected", what));
    }
    ++at_;
}

void JsonReader::enter_object() {
    expect('{', "an object");
    after_open_ = true;
}

std::optional<std::string_view> JsonReader::next_key() {
    skip_space();
    const bool first = after_open_;
    after_open_ = false;
    if (at_ < text_.size() && text_[at_] == '}') {
        ++at_;
        return std::nullopt;
    }
    if (!first) {
        expect(',', "a comma or }");
        skip_space();
    }
    if (at_ == text_.size() || text_[at_] != '"') {
        broken(at_ == text_.size() ? "it ends inside an object" : "a key in quotes is expected");
    }
    const std::string_view key = take_text();
    expect(':', "a colon");
    return key;
}

void JsonReader::enter_list() {
    expect('[', "a list");
    after_open_ = true;
}

bool JsonReader::next_item() {
    skip_space();
    const bool first = after_open_;
    after_open_ = false;
    if (at_ < text_.size() && text_[at_] == ']') {
        ++at_;
        return false;
    }
    if (!first) {
        expect(',', "a comma or ]");
    }
    if (kind() == JsonKind::kNone) {
        broken("it ends inside a list");
    }
    return true;
}

std::string_view JsonReader::read_text() {
    skip_space();
    return take_text();
}

std::string_view JsonReader::take_text() {
    const std::size_t start = ++at_;
    while (at_ < text_.size() && !kSpecial[static_cast<unsigned char>(text_[at_])]) {
        ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '"') {
        return text_.substr(start, at_++ - start);
    }
    return decode(start);
}

/// The slow way: texts with escapes or beyond ASCII. `at_` is at the first special character.
std::string_view JsonReader::decode(std::size_t start) {
    std::string out(text_.substr(start, at_ - start));
    while (true) {
        if (at_ == text_.size()) {
            broken("a text is not closed by a quote");
        }
        const char c = text_[at_];
        if (c == '"') {
            break;
        }
        if (static_cast<unsigned char>(c) < 0x20) {
            broken("a control character or line break stands inside a text");
        }
        ++at_;
        if (c == '\\') {
            take_escape(out);
        } else {
            out += c;
        }
    }
    if (!is_valid_utf8(out)) {
        broken("a text is not valid UTF-8");
    }
    ++at_;
    decoded_.push_back(std::move(out));
    return decoded_.back();
}

void JsonReader::take_escape(std::string& out) {
    static constexpr std::string_view kLetters = "\"\\/bfnrt", kMeaning = "\"\\/\b\f\n\r\t";
    if (at_ == text_.size()) {
        broken("a text is not closed by a quote");
    }
    const char c = text_[at_++];
    if (const std::size_t found = kLetters.find(c); found != std::string_view::npos) {
        out += kMeaning[found];
        return;
    }
    if (c != 'u') {
        broken("an unknown escape stands in a text");
    }
    std::uint32_t code = take_hex();
    if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
        const std::size_t before = at_;
        at_ += 2;
        const std::uint32_t low = take_hex();
        if (low >= 0xDC00 && low <= 0xDFFF) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
        } else {
            at_ = before;
        }
    }
    // Half of a pair: models break off inside a character, and Python writes that as it is.
    append_utf8(out, code >= 0xD800 && code <= 0xDFFF ? 0xFFFD : code);
}

unsigned JsonReader::take_hex() {
    unsigned out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
        const char c = at_ < text_.size() ? text_[at_] : '\0';
        const bool letter = (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
        if (!letter && !is_digit(c)) {
            broken("\\u is not followed by four hexadecimal digits");
        }
        out = out * 16 + static_cast<unsigned>(letter ? (c | 0x20) - 'a' + 10 : c - '0');
    }
    return out;
}

std::string_view JsonReader::read_number() {
    skip_space();
    const std::size_t start = at_;
    const auto digits = [&] {
        if (at_ == text_.size() || !is_digit(text_[at_])) {
            broken("a number is broken");
        }
        while (at_ < text_.size() && is_digit(text_[at_])) {
            ++at_;
        }
    };
    if (text_[at_] == '-') {
        ++at_;
    }
    if (at_ < text_.size() && text_[at_] == '0') {
        ++at_;
    } else {
        digits();
    }
    if (at_ < text_.size() && text_[at_] == '.') {
        ++at_;
        digits();
    }
    if (at_ < text_.size() && (text_[at_] | 0x20) == 'e') {
        ++at_;
        if (at_ < text_.size() && (text_[at_] == '+' || text_[at_] == '-')) {
            ++at_;
        }
        digits();
    }
    if (at_ < text_.size() && is_digit(text_[at_])) {
        broken("a number has a leading zero");
    }
    return text_.substr(start, at_ - start);
}

void JsonReader::take_word(std::string_view word) {
    if (text_.substr(at_, word.size()) != word) {
        broken("a value is expected");
    }
    at_ += word.size();
}

void JsonReader::take_null() {
    for (const std::string_view word :
         {std::string_view("NaN"), std::string_view("Infinity"), kMinusInfinity}) {
        if (text_.substr(at_, word.size()) == word) {
            at_ += word.size();
            return;
        }
    }
    take_word("null");
}

bool JsonReader::read_bool() {
    skip_space();
    const bool value = text_[at_] == 't';
    take_word(value ? "true" : "false");
    return value;
}

void JsonReader::skip() {
    // Open brackets as a stack of one bit each: true for an object.
    std::array<bool, kMostLevels> is_object{};
    int depth = 0;
    while (true) {
        switch (kind()) {
            case JsonKind::kNone: broken("it ends where a value is expected");
            case JsonKind::kNull: take_null(); break;
            case JsonKind::kBool: (void)read_bool(); break;
            case JsonKind::kNumber: (void)read_number(); break;
            case JsonKind::kText: (void)take_text(); break;
            case JsonKind::kList:
            case JsonKind::kObject:
                if (depth == kMostLevels) {
                    broken(fmt::format("it nests deeper than {} levels", kMostLevels));
                }
                is_object[static_cast<std::size_t>(depth++)] = text_[at_] == '{';
                ++at_;
                after_open_ = true;
                break;
        }
        // To the next value: out of every bracket that ends here.
        bool more = false;
        do {
            if (depth == 0) {
                return;
            }
            more = is_object[static_cast<std::size_t>(depth - 1)] ? next_key().has_value()
                                                                  : next_item();
            if (!more) {
                --depth;
            }
        } while (!more);
    }
}

void JsonReader::expect_end() {
    skip_space();
    if (at_ < text_.size()) {
        broken("something follows after the value");
    }
}

}  // namespace assay::intake
