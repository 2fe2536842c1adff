// Questions that stand in a text.
//
// Problem: types of few bits that are made with an importance matrix of the questions answer these
// questions better than others, and nobody sees it in the result. A text may hold them in any form:
// a copy of the dataset, a page with line breaks in them. Model: text and questions are reduced to
// their folded letters and digits. Of each question one window of fixed size is looked for with a
// rolling hash (Karp and Rabin 1987), and where it is found the whole question is compared. Many
// questions begin alike, so the window is that of its begin, middle and end which the fewest have.
// It ends because each byte of the text is looked at once for each of two window sizes.

#include "assay/variants/questions_in_text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <set>
#include <unordered_map>

#include "assay/base/unicode_text.hpp"

namespace assay::variants {
namespace {

constexpr std::size_t kLongWindow = 24;  ///< bytes; a question of so many is no chance
constexpr std::size_t kShortWindow = 8;  ///< bytes; what is shorter is not looked for
constexpr std::uint64_t kBase = 0x9E3779B97F4A7C15;

bool is_hex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// The character of the four digits, as UTF-8; half of a pair of UTF-16 is dropped.
void append_utf16(std::string& out, std::string_view digits) {
    const auto code = static_cast<std::uint32_t>(std::stoul(std::string(digits), nullptr, 16));
    if (code < 0x80) {
        out += static_cast<char>(code);
    } else if (code < 0x800) {
        out += static_cast<char>(0xC0 | code >> 6);
        out += static_cast<char>(0x80 | (code & 0x3F));
    } else if (code < 0xD800 || code > 0xDFFF) {
        out += static_cast<char>(0xE0 | code >> 12);
        out += static_cast<char>(0x80 | (code >> 6 & 0x3F));
        out += static_cast<char>(0x80 | (code & 0x3F));
    }
}

/// What JSON writes as \n, \t, \r and \u0123, as the character: a dataset is JSON.
std::string unescaped(std::string_view line) {
    std::string out;
    for (std::size_t i = 0; i < line.size(); ++i) {
        if (line[i] != '\\' || i + 1 == line.size()) {
            out += line[i];
            continue;
        }
        const char what = line[++i];
        const std::string_view digits = line.substr(i + 1, 4);
        if (what == 'u' && digits.size() == 4 &&
            std::all_of(digits.begin(), digits.end(), is_hex)) {
            append_utf16(out, digits);
            i += 4;
        } else {
            out += what == 'n' || what == 't' || what == 'r' ? ' ' : what;
        }
    }
    return out;
}

/// Letters and digits of all lines.
std::string essence_of_text(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size() - 1) + 1;
        out += letters_and_digits(unescaped(text.substr(0, end)));
        text.remove_prefix(end);
    }
    return out;
}

std::uint64_t hash_of(std::string_view window) {
    std::uint64_t hash = 0;
    for (const char c : window) {
        hash = hash * kBase + static_cast<unsigned char>(c);
    }
    return hash;
}

/// A question that is looked for.
struct Wanted {
    std::size_t number = 0;  ///< in the dataset
    std::string essence;     ///< letters and digits
    std::size_t offset = 0;  ///< of its window
};

/// Numbers of those whose essence stands in the text.
std::set<std::size_t> find(const std::string& text, std::vector<Wanted> wanted, std::size_t width) {
    const auto windows_of = [width](const Wanted& one) {
        const std::size_t last = one.essence.size() - width;
        return std::array{std::size_t{0}, last / 2, last};
    };
    const auto hash_at = [width](const Wanted& one, std::size_t offset) {
        return hash_of(std::string_view(one.essence).substr(offset, width));
    };
    std::unordered_map<std::uint64_t, std::size_t> n_with;
    for (const Wanted& one : wanted) {
        for (const std::size_t offset : windows_of(one)) {
            ++n_with[hash_at(one, offset)];
        }
    }
    std::unordered_map<std::uint64_t, std::vector<Wanted>> by_window;
    for (Wanted& one : wanted) {
        const auto windows = windows_of(one);
        one.offset = *std::min_element(
            windows.begin(), windows.end(), [&](std::size_t a, std::size_t b) {
                return n_with[hash_at(one, a)] < n_with[hash_at(one, b)];
            });
        by_window[hash_at(one, one.offset)].push_back(std::move(one));
    }
    std::set<std::size_t> out;
    if (text.size() < width || by_window.empty()) {
        return out;
    }
    std::uint64_t top = 1;  // kBase to the power of the first byte's place
    for (std::size_t i = 1; i < width; ++i) {
        top *= kBase;
    }
    std::uint64_t hash = hash_of(std::string_view(text).substr(0, width));
    for (std::size_t at = 0;; ++at) {
        if (const auto found = by_window.find(hash); found != by_window.end()) {
            std::erase_if(found->second, [&](const Wanted& one) {
                const bool here = at >= one.offset &&
                                  text.compare(at - one.offset, one.essence.size(), one.essence) ==
                                      0;
                if (here) {
                    out.insert(one.number);
                }
                return here;
            });
        }
        if (at + width == text.size()) {
            return out;
        }
        hash = (hash - static_cast<unsigned char>(text[at]) * top) * kBase +
               static_cast<unsigned char>(text[at + width]);
    }
}

}  // namespace

std::vector<std::string> questions_in(std::string_view text, std::span<const Question> questions) {
    std::vector<Wanted> long_ones, short_ones;
    for (std::size_t i = 0; i < questions.size(); ++i) {
        std::string essence = essence_of_text(questions[i].text);
        if (essence.size() >= kLongWindow) {
            long_ones.push_back({i, std::move(essence)});
        } else if (essence.size() >= kShortWindow) {
            short_ones.push_back({i, std::move(essence)});
        }
    }
    const std::string essence = essence_of_text(text);
    const std::size_t n_short = short_ones.size();
    std::set<std::size_t> found = find(essence, std::move(long_ones), kLongWindow);
    const std::set<std::size_t> found_short = find(essence, std::move(short_ones), kShortWindow);
    if (!found_short.empty() && found_short.size() * 2 >= n_short) {
        found.insert(found_short.begin(), found_short.end());
    }
    std::vector<std::string> ids;
    for (const std::size_t number : found) {
        ids.push_back(questions[number].id);
    }
    return ids;
}

}  // namespace assay::variants
