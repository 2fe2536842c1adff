#include "assay/intake/value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "assay/base/text.hpp"

namespace assay::intake {
namespace {

constexpr int kMostLevels = 64;

Value value_at(JsonReader& reader, int depth) {
    Value out;
    const JsonKind kind = reader.kind();
    out.offset = reader.offset();
    if (depth > kMostLevels) {
        throw JsonProblem{out.offset, fmt::format("it nests deeper than {} levels", kMostLevels)};
    }
    switch (kind) {
        case JsonKind::kNone:
        case JsonKind::kNull: reader.skip(); break;
        case JsonKind::kBool:
            out.kind = Value::Kind::kBool;
            out.text = reader.read_bool() ? "true" : "false";
            break;
        case JsonKind::kNumber:
            out.kind = Value::Kind::kNumber;
            out.text = reader.read_number();
            break;
        case JsonKind::kText:
            out.kind = Value::Kind::kText;
            out.text = reader.read_text();
            break;
        case JsonKind::kList:
            out.kind = Value::Kind::kList;
            reader.enter_list();
            while (reader.next_item()) {
                out.items.push_back(value_at(reader, depth + 1));
            }
            break;
        case JsonKind::kObject:
            out.kind = Value::Kind::kObject;
            reader.enter_object();
            while (const auto key = reader.next_key()) {
                std::string name(*key);
                out.members.push_back({std::move(name), value_at(reader, depth + 1)});
            }
            break;
    }
    return out;
}

/// The item that "[2]..." means, and what follows the bracket.
const Value* item_at(const Value& list, std::string_view& path) {
    const std::size_t end = path.find(']');
    if (list.kind != Value::Kind::kList || end == std::string_view::npos) {
        return nullptr;
    }
    const std::string_view digits = path.substr(1, end - 1);
    std::int64_t index = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    const auto n = static_cast<std::int64_t>(list.items.size());
    if (error != std::errc() || stop != digits.data() + digits.size() || index >= n || index < -n) {
        return nullptr;
    }
    path.remove_prefix(end + 1);
    if (path.starts_with('.')) {
        path.remove_prefix(1);
    }
    return &list.items[static_cast<std::size_t>(index < 0 ? index + n : index)];
}

const Value* walk(const Value& at, std::string_view path) {
    if (path.empty()) {
        return &at;
    }
    if (path.starts_with('[') && at.kind == Value::Kind::kList) {
        const Value* item = item_at(at, path);
        return item ? walk(*item, path) : nullptr;
    }
    if (const Value* whole = at.member(path)) {
        return whole;
    }
    // The longest beginning that is a name wins: names may hold dots themselves.
    for (std::size_t end = path.find_last_of(".["); end != std::string_view::npos && end > 0;
         end = path.find_last_of(".[", end - 1)) {
        const Value* inner = at.member(path.substr(0, end));
        const std::string_view rest = path.substr(path[end] == '.' ? end + 1 : end);
        if (inner == nullptr || rest.empty()) {
            continue;
        }
        if (const Value* found = walk(*inner, rest)) {
            return found;
        }
    }
    return nullptr;
}

/// Reads a list of texts as Python and NumPy write it.
class PythonList {
 public:
    explicit PythonList(std::string_view text) : text_(text) {}

    std::optional<Value> read() {
        Value out;
        out.kind = Value::Kind::kList;
        ++at_;  // the bracket
        while (true) {
            skip_space();
            if (at_ < text_.size() && text_[at_] == ']') {
                ++at_;
                skip_space();
                return at_ == text_.size() ? std::optional(std::move(out)) : std::nullopt;
            }
            auto item = text_item();
            if (!item) {
                return std::nullopt;
            }
            out.items.push_back(std::move(*item));
            skip_space();
            if (at_ < text_.size() && text_[at_] == ',') {
                ++at_;
            }
        }
    }

 private:
    void skip_space() {
        while (at_ < text_.size() &&
               std::string_view(" \t\r\n").find(text_[at_]) != std::string_view::npos) {
            ++at_;
        }
    }

    std::optional<Value> text_item() {
        if (at_ >= text_.size() || (text_[at_] != '\'' && text_[at_] != '"')) {
            return std::nullopt;
        }
        const char quote = text_[at_++];
        Value out;
        out.kind = Value::Kind::kText;
        for (; at_ < text_.size(); ++at_) {
            if (text_[at_] == quote) {
                ++at_;
                return out;
            }
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) {
                take_escape(out.text);
            } else {
                out.text += text_[at_];
            }
        }
        return std::nullopt;
    }

    /// repr() writes \\, \', \", \n, \r, \t, and \xNN for what cannot be printed, which stays as it
    /// is written.
    void take_escape(std::string& out) {
        static constexpr std::string_view kLetters = "\\'\"nrt", kMeaning = "\\'\"\n\r\t";
        const std::size_t found = kLetters.find(text_[at_ + 1]);
        if (found == std::string_view::npos) {
            out += '\\';
            return;
        }
        out += kMeaning[found];
        ++at_;
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

}  // namespace

const Value* Value::member(std::string_view name) const {
    for (const Member& each : members) {
        if (each.name == name) {
            return &each.value;
        }
    }
    return nullptr;
}

std::size_t Value::n_members(std::string_view name) const {
    return static_cast<std::size_t>(std::count_if(
        members.begin(), members.end(), [&](const Member& each) { return each.name == name; }));
}

Value read_value(JsonReader& reader) {
    return value_at(reader, 0);
}

const Value* find(const Value& row, std::string_view path) {
    const Value* found = path.empty() ? nullptr : walk(row, path);
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::optional<std::string> text_of(const Value& value) {
    return value.is_scalar() ? std::optional(value.text) : std::nullopt;
}

std::optional<std::string> content_of(const Value& value) {
    if (value.kind != Value::Kind::kList) {
        return text_of(value);
    }
    std::string out;
    bool any = false;
    for (const Value& part : value.items) {
        const Value* text = find(part, "text");
        if (text != nullptr && text->kind == Value::Kind::kText) {
            out += (any ? "\n" : "") + text->text;
            any = true;
        }
    }
    return any ? std::optional(std::move(out)) : std::nullopt;
}

std::optional<std::string> passage_of(const Value& item) {
    if (item.kind != Value::Kind::kObject) {
        return text_of(item);
    }
    for (const char* name : {"text", "content", "passage", "page_content"}) {
        const Value* found = item.member(name);
        if (found != nullptr && found->kind == Value::Kind::kText) {
            return found->text;
        }
    }
    return std::nullopt;
}

std::optional<Value> list_of_text(std::string_view text) {
    text = trim(text);
    if (!text.starts_with('[') || !text.ends_with(']')) {
        return std::nullopt;
    }
    JsonReader reader(text);
    try {
        Value out = read_value(reader);
        reader.expect_end();
        return out;
    } catch (const JsonProblem&) {
        return PythonList(text).read();
    }
}

std::string kind_of(const Value& value) {
    switch (value.kind) {
        case Value::Kind::kNull: return "null";
        case Value::Kind::kBool: return "true or false";
        case Value::Kind::kNumber: return "a number";
        case Value::Kind::kText: return "text";
        case Value::Kind::kList: return "a list";
        case Value::Kind::kObject: return "an object";
    }
    return {};
}

}  // namespace assay::intake
