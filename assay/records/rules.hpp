#pragma once
// What the value of a setting may be, said once for the experiment file, the command line, the
// stored plan and the judges.

#include <span>
#include <string>
#include <string_view>

namespace assay {

struct Range {
    double low = 0;
    double high = 0;
    bool low_open = false;
    bool high_open = false;
};

/// A number of the range, or a word that stands for a value outside of it.
struct RangeOrWord {
    Range range;
    std::string_view word;
    int value = 0;  ///< what the word stands for
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
[[nodiscard]] std::string complaint(double value, const RangeOrWord& rule);
[[nodiscard]] std::string complaint(std::string_view value, const Words& words);
[[nodiscard]] std::string complaint(std::string_view value, const Day&);
[[nodiscard]] inline std::string complaint(bool, const YesNo&) {
    return {};
}

/// A value as it is written in an experiment file.
[[nodiscard]] std::string written(double value);
[[nodiscard]] inline std::string written(bool value) {
    return value ? "true" : "false";
}
[[nodiscard]] inline std::string written(const std::string& value) {
    return value;
}
template <class Whole>
[[nodiscard]] std::string written(Whole value) {
    return std::to_string(value);
}

template <class Value, class Rule>
[[nodiscard]] std::string written(const Value& value, const Rule&) {
    return written(value);
}
[[nodiscard]] inline std::string written(int value, const RangeOrWord& rule) {
    return value == rule.value ? std::string(rule.word) : written(value);
}

/// What is allowed, for help: "0 to 10", "in (0, 1]", "on | off", "YYYY-MM-DD". Empty for YesNo.
[[nodiscard]] std::string allowed(const Range& range);
[[nodiscard]] std::string allowed(const RangeOrWord& rule);
[[nodiscard]] std::string allowed(const Words& words);
[[nodiscard]] inline std::string allowed(const Day&) {
    return "YYYY-MM-DD";
}
[[nodiscard]] inline std::string allowed(const YesNo&) {
    return {};
}

}  // namespace assay
