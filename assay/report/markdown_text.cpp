#include "assay/report/markdown_text.hpp"

#include <algorithm>

#include "assay/base/result.hpp"
#include "assay/base/text.hpp"

namespace assay::report {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

bool is_alnum(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_continuation(char c) {
    return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

/// U+202A to U+202E and U+2066 to U+2069 make text read other than it is.
bool reverses_direction(std::string_view at) {
    const auto last = at.size() >= 3 ? static_cast<unsigned char>(at[2]) : 0u;
    return (at.starts_with("\xE2\x80") && last >= 0xAA && last <= 0xAE) ||
           (at.starts_with("\xE2\x81") && last >= 0xA6 && last <= 0xA9);
}

std::string cut_characters(const std::string& text, std::size_t max_chars) {
    std::size_t n = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (!is_continuation(text[i]) && n++ == max_chars) {
            return text.substr(0, i) + "… (cut)";
        }
    }
    return text;
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

}  // namespace

std::string md_text(std::string_view bytes, std::size_t max_chars) {
    std::string text = to_valid_utf8(trim(bytes));
    if (max_chars > 0) {
        text = cut_characters(text, max_chars);
    }
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

MarkdownTable::MarkdownTable(std::vector<std::string> heads, std::string_view alignment)
    : n_columns_(heads.size()) {
    ASSAY_CHECK(alignment.size() == n_columns_);
    append_row(heads);
    text_ += "|";
    for (const char side : alignment) {
        text_ += side == 'r' ? "---:|" : "---|";
    }
    text_ += "\n";
}

void MarkdownTable::add(std::vector<std::string> cells) {
    ASSAY_CHECK(cells.size() == n_columns_);
    append_row(cells);
    ++n_rows_;
}

void MarkdownTable::append_row(const std::vector<std::string>& cells) {
    text_ += "|";
    for (const std::string& cell : cells) {
        text_ += " " + cell + " |";
    }
    text_ += "\n";
}

std::string MarkdownTable::text() const {
    return text_ + "\n";
}

}  // namespace assay::report
