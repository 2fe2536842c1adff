#include "assay/records/rules.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <chrono>

#include "assay/base/text.hpp"

namespace assay {
namespace {

std::string text_of(double number) {
    return number == 0x1p64 ? "2^64 - 1" : fmt::format("{}", number);
}

std::string text_of(const Range& range) {
    if (!range.low_open && !range.high_open) {
        return fmt::format("from {} to {}", range.low, text_of(range.high));
    }
    return fmt::format("{} {} and {} {}",
                       range.low_open ? "above" : "at least",
                       range.low,
                       range.high_open ? "below" : "at most",
                       range.high);
}

int number_of(std::string_view digits) {
    int value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : -1;
}

bool is_day(std::string_view text) {
    if (text.size() != 10 || text[4] != '-' || text[7] != '-') {
        return false;
    }
    const int year = number_of(text.substr(0, 4)), month = number_of(text.substr(5, 2)),
              day = number_of(text.substr(8, 2));
    if (year < 0 || month < 0 || day < 0) {
        return false;
    }
    return std::chrono::year_month_day(std::chrono::year(year),
                                       std::chrono::month(static_cast<unsigned>(month)),
                                       std::chrono::day(static_cast<unsigned>(day)))
        .ok();
}

}  // namespace

std::string complaint(double value, const Range& range) {
    // Written so that NaN is outside.
    const bool above = range.low_open ? value > range.low : value >= range.low;
    const bool below = range.high_open ? value < range.high : value <= range.high;
    return above && below ? "" : fmt::format("must be {}, not {}", text_of(range), value);
}

std::string complaint(double value, const RangeOrWord& rule) {
    if (value == rule.value || complaint(value, rule.range).empty()) {
        return "";
    }
    return fmt::format("must be {} or {}, not {}", text_of(rule.range), rule.word, value);
}

std::string complaint(std::string_view value, const Words& words) {
    if (std::find(words.words.begin(), words.words.end(), value) != words.words.end()) {
        return "";
    }
    return fmt::format(
        "must be one of {}, not \"{}\"", fmt::join(words.words, ", "), shorten(value, 60));
}

std::string complaint(std::string_view value, const Day&) {
    return is_day(value)
               ? ""
               : fmt::format("must be a day such as 2025-01-31, not \"{}\"", shorten(value, 60));
}

std::string written(double value) {
    return fmt::format("{}", value);
}

std::string allowed(const Range& range) {
    if (!range.low_open && !range.high_open) {
        return fmt::format("{} to {}", range.low, text_of(range.high));
    }
    return fmt::format("in {}{}, {}{}",
                       range.low_open ? '(' : '[',
                       range.low,
                       range.high,
                       range.high_open ? ')' : ']');
}

std::string allowed(const RangeOrWord& rule) {
    return fmt::format("{}, or {}", allowed(rule.range), rule.word);
}
std::string allowed(const Words& words) {
    return fmt::format("{}", fmt::join(words.words, " | "));
}

}  // namespace assay
