#include "assay/report/terminal_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "assay/base/text.hpp"

namespace assay::report {
namespace {

using Range = std::pair<char32_t, char32_t>;

constexpr std::array<Range, 6> kNoColumn{{{0x0300, 0x036F},
                                          {0x0483, 0x0489},
                                          {0x20D0, 0x20FF},
                                          {0x200B, 0x200F},
                                          {0xFE00, 0xFE0F},
                                          {0xFE20, 0xFE2F}}};
constexpr std::array<Range, 2> kTurnsDirection{{{0x202A, 0x202E}, {0x2066, 0x2069}}};
constexpr std::array<Range, 9> kTwoColumns{{{0x1100, 0x115F},
                                            {0x2E80, 0x303E},
                                            {0x3041, 0xA4CF},
                                            {0xAC00, 0xD7A3},
                                            {0xF900, 0xFAFF},
                                            {0xFE30, 0xFE6F},
                                            {0xFF00, 0xFF60},
                                            {0x1F300, 0x1FAFF},
                                            {0x20000, 0x3FFFD}}};

template <std::size_t N>
bool is_in(const std::array<Range, N>& ranges, char32_t c) {
    return std::any_of(ranges.begin(), ranges.end(), [&](const Range& r) {
        return c >= r.first && c <= r.second;
    });
}

/// The characters of valid UTF-8, each as its bytes.
std::vector<std::string_view> characters(std::string_view utf8) {
    std::vector<std::string_view> out;
    for (std::size_t i = 0; i < utf8.size();) {
        std::size_t end = i + 1;
        while (end < utf8.size() && (static_cast<unsigned char>(utf8[end]) & 0xC0) == 0x80) {
            ++end;
        }
        out.push_back(utf8.substr(i, end - i));
        i = end;
    }
    return out;
}

char32_t code_point(std::string_view character) {
    const auto lead = static_cast<unsigned char>(character.front());
    if (character.size() == 1) {
        return lead;
    }
    char32_t value = lead & (0x7Fu >> character.size());
    for (const char c : character.substr(1)) {
        value = (value << 6) | (static_cast<unsigned char>(c) & 0x3Fu);
    }
    return value;
}

std::size_t width_of(std::string_view character) {
    const char32_t c = code_point(character);
    if (is_in(kNoColumn, c)) {
        return 0;
    }
    return is_in(kTwoColumns, c) ? 2 : 1;
}

/// The character, or what is shown in its place.
std::string_view visible_character(std::string_view character) {
    const char32_t value = code_point(character);
    if (value == '\t') {
        return " ";
    }
    const bool control = (value < 0x20 && value != '\n') || (value >= 0x7F && value < 0xA0);
    return control || is_in(kTurnsDirection, value) ? "\xEF\xBF\xBD" : character;
}

}  // namespace

std::size_t display_width(std::string_view utf8) {
    std::size_t width = 0;
    for (const std::string_view c : characters(utf8)) {
        width += width_of(c);
    }
    return width;
}

std::string visible(std::string_view bytes) {
    std::string out;
    const std::string text = to_valid_utf8(bytes);
    for (const std::string_view c : characters(text)) {
        out += visible_character(c);
    }
    return out;
}

std::string plain_line(std::string_view bytes) {
    return visible(shorten(bytes, bytes.size() + 1));
}

std::string pad_right(std::string_view text, std::size_t width) {
    return std::string(text) + std::string(width - std::min(width, display_width(text)), ' ');
}

std::string pad_left(std::string_view text, std::size_t width) {
    return std::string(width - std::min(width, display_width(text)), ' ') + std::string(text);
}

std::string cut_middle(std::string_view text, std::size_t width) {
    if (display_width(text) <= width) {
        return std::string(text);
    }
    const std::vector<std::string_view> all = characters(text);
    const std::size_t room = std::max<std::size_t>(width, 3) - 1;
    const std::size_t head_room = room / 2;
    std::string head;
    std::string tail;
    std::size_t used = 0;
    for (std::size_t i = 0; i < all.size() && used + width_of(all[i]) <= head_room; ++i) {
        head += all[i];
        used += width_of(all[i]);
    }
    for (std::size_t i = all.size(); i-- > 0 && used + width_of(all[i]) <= room;) {
        tail.insert(0, all[i]);
        used += width_of(all[i]);
    }
    return head + "…" + tail;
}

std::string without_spaces_at_end(std::string line) {
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::vector<std::string> wrap(std::string_view text, std::size_t width) {
    std::vector<std::string> lines;
    for (const std::string& word : split(text, ' ')) {
        const bool fits = !lines.empty() &&
                          display_width(lines.back()) + 1 + display_width(word) <= width;
        if (fits) {
            lines.back() += ' ' + word;
        } else {
            lines.push_back(word);
        }
    }
    return lines;
}

std::size_t AlignedColumn::width() const {
    std::size_t out = 0;
    for (const std::string& cell : cells) {
        out = std::max(out, display_width(cell));
    }
    return out;
}

std::vector<std::string> aligned_lines(std::span<const AlignedColumn> columns, std::size_t gap) {
    std::vector<std::string> lines(columns.empty() ? 0 : columns.front().cells.size());
    for (const AlignedColumn& column : columns) {
        const std::size_t width = column.width();
        for (std::size_t i = 0; i < lines.size(); ++i) {
            const std::string& cell = column.cells[i];
            lines[i] += column.right ? pad_left(cell, width) : pad_right(cell, width);
            lines[i] += std::string(gap, ' ');
        }
    }
    for (std::string& line : lines) {
        line = without_spaces_at_end(std::move(line));
    }
    return lines;
}

}  // namespace assay::report
