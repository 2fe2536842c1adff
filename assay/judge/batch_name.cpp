#include "assay/judge/batch_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "assay/base/text.hpp"

namespace assay::judge {
namespace {

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}
bool is_word(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Loses "batch" and what joins it to the number; false if it is not there.
bool take_batch_word(std::string_view& text) {
    if (to_lower_ascii(text.substr(0, 5)) != "batch") {
        return false;
    }
    text.remove_prefix(5);
    text.remove_prefix(std::min(text.size(), text.find_first_not_of("_- #")));
    return true;
}

}  // namespace

std::optional<int> take_number(std::string_view& text) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc() || value < 1 || !is_digit(text.front())) {
        return {};
    }
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return value;
}

std::optional<BatchName> batch_name_of(std::string_view text) {
    text = trim(text);
    take_batch_word(text);
    BatchName name;
    const auto number = text.empty() ? std::nullopt : take_number(text);
    if (!number) {
        return {};
    }
    name.number = *number;
    if (text.starts_with('-')) {
        text.remove_prefix(1);
        const std::size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
        if (end == 0) {
            return {};
        }
        name.code = text.substr(0, end);
        text.remove_prefix(end);
    }
    if (text.starts_with('/')) {
        text.remove_prefix(1);
        name.example = text.empty() ? std::nullopt : take_number(text);
        if (!name.example) {
            return {};
        }
    }
    if (!text.empty()) {
        return {};
    }
    return name;
}

std::optional<BatchName> batch_name_of_file(std::string_view file_name) {
    const std::string lower = to_lower_ascii(file_name);
    for (std::size_t at = lower.find("batch"); at != std::string::npos;
         at = lower.find("batch", at + 1)) {
        std::string_view rest = std::string_view(lower).substr(at);
        take_batch_word(rest);
        if (rest.empty()) {
            continue;
        }
        if (const auto number = take_number(rest)) {
            return BatchName{*number, "", {}};
        }
    }
    return {};
}

std::optional<BatchName> batch_heading(std::string_view line) {
    while (!line.empty() && !is_word(line.front())) {
        line.remove_prefix(1);
    }
    while (!line.empty() && !is_word(line.back())) {
        line.remove_suffix(1);
    }
    if (line.ends_with(".txt")) {
        line.remove_suffix(4);
    }
    std::string_view rest = line;
    return take_batch_word(rest) ? batch_name_of(line) : std::nullopt;
}

bool names_a_batch(std::string_view key) {
    std::string_view rest = key;
    return take_batch_word(rest) && batch_name_of(rest);
}

std::string words_of(const BatchName& name) {
    return fmt::format("batch_{:02}", name.number);
}

}  // namespace assay::judge
