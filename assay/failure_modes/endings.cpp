#include "assay/failure_modes/endings.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "assay/base/text.hpp"
#include "assay/failure_modes/refusal.hpp"
#include "assay/failure_modes/words.hpp"

namespace assay::failure_modes {
namespace {

constexpr std::u32string_view kClosers = U" \t\r\n\"'”’»)]}*_`";
constexpr std::u32string_view kFullStops = U".!?…。！？؟।";
constexpr std::u32string_view kOpeners = U",;:-–—([{，、；：";
constexpr std::array<std::string_view, 38> kOpenWords = {
    "a",     "an",   "the",  "of",      "to",      "in",      "on",     "at",  "by",   "for",
    "from",  "with", "and",  "or",      "but",     "that",    "which",  "who", "is",   "are",
    "was",   "were", "be",   "as",      "than",    "its",     "their",  "our", "your", "into",
    "while", "if",   "when", "because", "between", "through", "during", "such"};

bool is_in(char32_t c, std::u32string_view set) {
    return set.find(c) != std::u32string_view::npos;
}

}  // namespace

bool ends_mid_sentence(std::string_view text) {
    if (is_empty_answer(text) || trim(text).ends_with("```")) {
        return false;
    }
    const std::vector<char32_t> points = code_points(text);
    std::size_t end = points.size();
    while (end > 0 && is_in(points[end - 1], kClosers)) {
        --end;
    }
    if (end == 0 || is_in(points[end - 1], kFullStops)) {
        return false;
    }
    if (is_in(points[end - 1], kOpeners)) {
        return true;
    }
    const std::vector<std::string> last = words(
        trim(text).substr(trim(text).find_last_of('\n') + 1));
    if (!last.empty() &&
        std::find(kOpenWords.begin(), kOpenWords.end(), last.back()) != kOpenWords.end()) {
        return true;
    }
    for (std::size_t i = end - 1; i > 0 && points[i] != U'\n'; --i) {
        if (points[i] == U' ' && is_in(points[i - 1], kFullStops)) {
            return true;
        }
    }
    return last.size() > kFragmentWords;
}

bool is_truncated(std::string_view text, StopReason stop_reason) {
    return stop_reason == StopReason::kLength || ends_mid_sentence(text);
}

}  // namespace assay::failure_modes
