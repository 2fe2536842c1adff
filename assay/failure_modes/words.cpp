#include "assay/failure_modes/words.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>

#include "assay/base/text.hpp"

namespace assay::failure_modes {
namespace {

struct Block {
    char32_t first, last;
    Script script;
};
constexpr Block kBlocks[] = {
    {U'A', U'Z', Script::kLatin},      {U'a', U'z', Script::kLatin},
    {0xAA, 0xAA, Script::kLatin},      {0xBA, 0xBA, Script::kLatin},
    {0xC0, 0xD6, Script::kLatin},      {0xD8, 0xF6, Script::kLatin},
    {0xF8, 0x2AF, Script::kLatin},     {0x370, 0x373, Script::kGreek},
    {0x376, 0x37D, Script::kGreek},    {0x386, 0x386, Script::kGreek},
    {0x388, 0x3FF, Script::kGreek},    {0x400, 0x52F, Script::kCyrillic},
    {0x531, 0x587, Script::kOther},    {0x591, 0x5F4, Script::kHebrew},
    {0x620, 0x65F, Script::kArabic},   {0x66E, 0x6D3, Script::kArabic},
    {0x6D5, 0x6FF, Script::kArabic},   {0x750, 0x77F, Script::kArabic},
    {0x900, 0x963, Script::kIndic},    {0x970, 0xDFF, Script::kIndic},
    {0xE01, 0xE4E, Script::kThai},     {0xE80, 0x109F, Script::kOther},
    {0x10A0, 0x10FF, Script::kOther},  {0x1100, 0x11FF, Script::kHangul},
    {0x1200, 0x1DBF, Script::kOther},  {0x1E00, 0x1EFF, Script::kLatin},
    {0x1F00, 0x1FFF, Script::kGreek},  {0x3041, 0x309F, Script::kCjk},
    {0x30A1, 0x30FA, Script::kCjk},    {0x30FC, 0x30FF, Script::kCjk},
    {0x3131, 0x318E, Script::kHangul}, {0x3400, 0x4DBF, Script::kCjk},
    {0x4E00, 0x9FFF, Script::kCjk},    {0xAC00, 0xD7A3, Script::kHangul},
    {0xF900, 0xFAFF, Script::kCjk},    {0xFF21, 0xFF3A, Script::kLatin},
    {0xFF41, 0xFF5A, Script::kLatin},  {0xFF66, 0xFF9D, Script::kCjk},
    {0x20000, 0x3FFFD, Script::kCjk},
};

bool is_digit(char32_t c) {
    return c >= U'0' && c <= U'9';
}

bool is_ascii_letter(char32_t c) {
    return (c >= U'A' && c <= U'Z') || (c >= U'a' && c <= U'z');
}

bool is_ascii(std::string_view bytes) {
    return std::all_of(
        bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

void append_utf8(std::string& out, char32_t c) {
    if (c < 0x80) {
        out += static_cast<char>(c);
    } else if (c < 0x800) {
        out += static_cast<char>(0xC0 | (c >> 6));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else if (c < 0x10000) {
        out += static_cast<char>(0xE0 | (c >> 12));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    } else {
        out += static_cast<char>(0xF0 | (c >> 18));
        out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
        out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
        out += static_cast<char>(0x80 | (c & 0x3F));
    }
}

/// Bytes of the character that begins with `lead`, in valid UTF-8.
std::size_t utf8_length(unsigned char lead) {
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xE0) {
        return 2;
    }
    return lead < 0xF0 ? 3 : 4;
}

}  // namespace

std::vector<char32_t> code_points(std::string_view bytes) {
    if (is_ascii(bytes)) {
        return {bytes.begin(), bytes.end()};
    }
    const std::string text = to_valid_utf8(bytes);
    std::vector<char32_t> out;
    out.reserve(text.size());
    for (std::size_t i = 0; i < text.size();) {
        const auto lead = static_cast<unsigned char>(text[i]);
        const std::size_t length = utf8_length(lead);
        char32_t c = length == 1 ? lead : lead & (0xFFu >> (length + 1));
        for (std::size_t j = 1; j < length; ++j) {
            c = (c << 6) | (static_cast<unsigned char>(text[i + j]) & 0x3Fu);
        }
        out.push_back(c);
        i += length;
    }
    return out;
}

Script script_of(char32_t c) {
    if (c < 0x80) {  // most of what is asked; the blocks say the same
        return is_ascii_letter(c) ? Script::kLatin : Script::kNone;
    }
    const auto* after = std::upper_bound(
        std::begin(kBlocks), std::end(kBlocks), c, [](char32_t value, const Block& block) {
            return value < block.first;
        });
    if (after == std::begin(kBlocks)) {
        return Script::kNone;
    }
    const Block& block = *std::prev(after);
    return c <= block.last ? block.script : Script::kNone;
}

std::vector<std::string> words(std::string_view text) {
    const std::vector<char32_t> points = code_points(text);
    std::vector<std::string> out;
    std::string word;
    const auto finish = [&] {
        if (!word.empty()) {
            out.push_back(std::move(word));
        }
        word.clear();
    };
    const auto is_word = [](char32_t c) { return is_digit(c) || script_of(c) != Script::kNone; };
    for (std::size_t i = 0; i < points.size(); ++i) {
        const char32_t c = points[i];
        const Script script = script_of(c);
        if (script == Script::kCjk || script == Script::kThai) {
            finish();
            append_utf8(word, c);
            finish();
        } else if (is_word(c)) {
            append_utf8(word, c >= U'A' && c <= U'Z' ? c - U'A' + U'a' : c);
        } else if ((c == U'\'' || c == U'\u2019') && !word.empty() && i + 1 < points.size() &&
                   is_word(points[i + 1])) {
            word += '\'';
        } else {
            finish();
        }
    }
    finish();
    return out;
}

std::string joined(std::span<const std::string> words) {
    std::string out = " ";
    for (const std::string& word : words) {
        out += word + ' ';
    }
    return out;
}

std::string without_code(std::string_view text) {
    std::string out(text);
    for (std::size_t at = 0; (at = out.find('`', at)) != std::string::npos;) {
        const std::size_t run = std::min(out.find_first_not_of('`', at), out.size()) - at;
        const std::string fence(run, '`');
        std::size_t end = out.find(fence, at + run);
        if (end == std::string::npos) {
            if (run < 3) {  // a lone backtick is no code
                at += run;
                continue;
            }
            end = out.size();
        } else {
            end += run;
        }
        std::fill(out.begin() + static_cast<std::ptrdiff_t>(at),
                  out.begin() + static_cast<std::ptrdiff_t>(end),
                  ' ');
        at = end;
    }
    return out;
}

}  // namespace assay::failure_modes
