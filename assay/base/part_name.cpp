#include "assay/base/part_name.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "assay/base/text.hpp"

namespace assay {
namespace {

/// Takes five digits off the end of `text`.
std::optional<std::int64_t> take_number(std::string_view& text) {
    constexpr std::size_t kDigits = 5;
    if (text.size() < kDigits) {
        return std::nullopt;
    }
    const std::string_view digits = text.substr(text.size() - kDigits);
    const bool all_digits = std::all_of(
        digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
    std::int64_t number = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    if (!all_digits || number == 0) {
        return std::nullopt;
    }
    text.remove_suffix(kDigits);
    return number;
}

bool take_end(std::string_view& text, std::string_view end) {
    if (!to_lower_ascii(text).ends_with(end)) {
        return false;
    }
    text.remove_suffix(end.size());
    return true;
}

}  // namespace

std::optional<PartName> part_name(std::string_view path) {
    if (!take_end(path, ".gguf")) {
        return std::nullopt;
    }
    const auto total = take_number(path);
    if (!total || !path.ends_with("-of-")) {
        return std::nullopt;
    }
    path.remove_suffix(4);
    const auto number = take_number(path);
    if (!number || *number > *total || !path.ends_with('-')) {
        return std::nullopt;
    }
    path.remove_suffix(1);
    if (path.empty() || path.ends_with('/')) {
        return std::nullopt;
    }
    return PartName{std::string(path), *number, *total};
}

std::string name_of_part(const PartName& part) {
    return fmt::format("{}-{:05}-of-{:05}.gguf", part.prefix, part.number, part.total);
}

}  // namespace assay
