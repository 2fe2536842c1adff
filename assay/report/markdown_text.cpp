#include "assay/report/markdown_text.hpp"

#include <algorithm>

#include "assay/base/text.hpp"
#include "assay/report/text.hpp"

namespace assay::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/// U+202A to U+202E and U+2066 to U+2069 make text read other than it is.
bool reverses_direction(std::string_view at) {
    const auto last = at.size() >= 3 ? static_cast<unsigned char>(at[2]) : 0u;
    return (at.starts_with("\xE2\x80") && last >= 0xAA && last <= 0xAE) ||
           (at.starts_with("\xE2\x81") && last >= 0xA6 && last <= 0xA9);
}

/// What stands for the ASCII character at `i`; empty: itself.
std::string_view escaped(std::string_view text, std::size_t i) {
    const std::string_view rest = text.substr(i);
    switch (text[i]) {
        case '&': return "&amp;";
        case '<': return "&lt;";
        case '>': return "&gt;";
        case '|': return "&#124;";
        case '`': return "&#96;";
        case '\\': return "&#92;";
        case '$': return "&#36;";
        case '*': return "\\*";
        case '[': return "\\[";
        case ']': return "\\]";
        case '~': return "\\~";
        case '#': return "\\#";
        case '\n': return "<br>";
        case '\t': return " ";
        case '_': {  // within a word it is literal
            const bool in_word = i > 0 && i + 1 < text.size() && is_alnum(text[i - 1]) &&
                                 is_alnum(text[i + 1]);
            return in_word ? "" : "\\_";
        }
        case ':': return rest.starts_with("://") ? "&#58;" : "";
        case '.': return i >= 3 && to_lower_ascii(text.substr(i - 3, 3)) == "www" ? "&#46;" : "";
        default: break;
    }
    const auto value = static_cast<unsigned char>(text[i]);
    return value < 0x20 || value == 0x7F ? kReplacement : std::string_view();
}

/// Whether the character at `i`, which is escaped in foreign text, is no markup in assay's words.
bool is_plain_in_words(std::string_view words, std::size_t i) {
    const char c = words[i];
    const bool before_space = i + 1 == words.size() || words[i + 1] == ' ';
    return c == '[' || c == ']' || (c == '<' && before_space);
}

}  // namespace

std::string md_words(std::string_view words) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) {
        const std::string_view instead = escaped(words, i);
        if (instead.empty() || is_plain_in_words(words, i)) {
            out += words[i];
        } else {
            out += instead;
        }
    }
    return out;
}

std::string md_text(std::string_view bytes, std::size_t max_chars) {
    const std::string text = shown_part({std::string(bytes), max_chars});
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\r') {
            if (i + 1 == text.size() || text[i + 1] != '\n') {
                out += "<br>";
            }
        } else if (reverses_direction(std::string_view(text).substr(i))) {
            out += kReplacement;
            i += 2;
        } else if (const std::string_view instead = escaped(text, i); !instead.empty()) {
            out += instead;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string md_code(std::string_view bytes) {
    if (bytes.empty()) {
        return "not known";
    }
    for (const char c : bytes) {
        const bool safe = is_alnum(c) ||
                          std::string_view(" ._-+/:=,()?%").find(c) != std::string_view::npos;
        if (!safe) {
            return md_text(bytes);
        }
    }
    return "`" + std::string(bytes) + "`";
}

std::string md_code_block(std::string_view bytes) {
    std::string text = to_valid_utf8(bytes);
    std::size_t run = 0, longest = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(std::max<std::size_t>(3, longest + 1), '`');
    if (!text.ends_with('\n')) {
        text += '\n';
    }
    return fence + "text\n" + text + fence + "\n\n";
}

}  // namespace assay::report
