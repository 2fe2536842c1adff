#pragma once
// What the readers of flags share: a flag's value goes into the draft, and the flag is noted as the
// place where it was written.

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "assay/base/text.hpp"
#include "assay/config/draft.hpp"
#include "assay/records/settings.hpp"

namespace assay::config {

/// Each sets the field from a flag's value if that obeys the rule; else it says what is wrong.
template <class Number>
[[nodiscard]] std::string set_from_flag(Number& field,
                                        const SettingValue& value,
                                        const Range& range) {
    return std::visit(
        [&]<class Given>(const Given& given) -> std::string {
            if constexpr (std::is_same_v<Given, std::string>) {
                return "must be a number";
            } else {
                std::string message = complaint(static_cast<double>(given), range);
                if (message.empty()) {
                    field = static_cast<Number>(given);
                }
                return message;
            }
        },
        value);
}
[[nodiscard]] inline std::string set_from_flag(int& field,
                                               const SettingValue& value,
                                               const RangeOrWord& rule) {
    const std::string& text = std::get<std::string>(value);
    if (text == rule.word) {
        field = rule.value;
        return {};
    }
    std::int64_t number = 0;
    const char* end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || stop != end) {
        return "must be a whole number or " + std::string(rule.word);
    }
    return set_from_flag(field, SettingValue(number), rule.range);
}
template <class Rule>
[[nodiscard]] std::string set_from_flag(std::string& field,
                                        const SettingValue& value,
                                        const Rule& rule) {
    const std::string* text = std::get_if<std::string>(&value);
    std::string message = text ? complaint(*text, rule) : "must be text";
    if (message.empty()) {
        field = *text;
    }
    return message;
}
[[nodiscard]] inline std::string set_from_flag(bool& field,
                                               const SettingValue& value,
                                               const YesNo&) {
    const bool* given = std::get_if<bool>(&value);
    if (!given) {
        return "must be true or false";
    }
    field = *given;
    return {};
}

class FlagReader {
 public:
    /// All must outlive the reader.
    FlagReader(const Overrides& flags, Draft& draft, Problems& problems)
        : flags_(flags), draft_(draft), plan_(draft.plan), problems_(problems) {}

 protected:
    void note(const std::string& key, std::string_view flag) {
        draft_.origins[key] = Where{std::string(flag), 0, 0, ""};
    }

    bool is_utf8(std::string_view value, std::string_view flag) {
        if (is_valid_utf8(value)) {
            return true;
        }
        problems_.add({std::string(flag), 0, 0, ""}, "is not valid UTF-8");
        return false;
    }

    bool text(const std::optional<std::string>& value,
              std::string_view flag,
              const std::string& key,
              std::string& field) {
        if (!value || !is_utf8(*value, flag)) {
            return false;
        }
        field = *value;
        note(key, flag);
        return true;
    }

    bool file(const std::optional<std::string>& value,
              std::string_view flag,
              const std::string& key,
              std::string& field) {
        if (!value) {
            return false;
        }
        note(key, flag);
        field = absolute_path(draft_.working_dir, *value, draft_.origin(key), problems_);
        return true;
    }

    template <class Field, class Rule>
    void apply_setting(const std::string& path,
                       const Setting& setting,
                       Field& field,
                       const Rule& rule) {
        const auto given = flags_.settings.find(path);
        if (given == flags_.settings.end()) {
            return;
        }
        note(path, long_flag(setting));
        std::string message = set_from_flag(field, given->second, rule);
        if (!message.empty()) {
            problems_.add(draft_.origin(path), std::move(message));
        }
    }

    const Overrides& flags_;
    Draft& draft_;
    Plan& plan_;
    Problems& problems_;
};

}  // namespace assay::config
