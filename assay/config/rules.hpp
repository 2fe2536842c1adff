#pragma once
// What a value may be, said once for experiment file, flags and stored plan.

#include <span>
#include <string>
#include <string_view>

namespace assay::config {

struct Range {
    double low = 0;
    double high = 0;
    bool low_open = false;
    bool high_open = false;
};

/// One of these words.
struct Words {
    std::span<const std::string_view> words;
};

/// A day as YYYY-MM-DD.
struct Day {};

/// true or false.
struct YesNo {};

/// What is wrong with the value: "must be from 0 to 10, not -1". Empty: nothing.
[[nodiscard]] std::string complaint(double value, const Range& range);
[[nodiscard]] std::string complaint(std::string_view value, const Words& words);
[[nodiscard]] std::string complaint(std::string_view value, const Day&);

}  // namespace assay::config
