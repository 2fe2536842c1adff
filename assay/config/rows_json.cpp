#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "assay/base/text.hpp"
#include "assay/config/rows.hpp"

namespace assay::config {
namespace {

using nlohmann::json;

constexpr int kMostLevels = 64;
constexpr std::string_view kDocument = "doc";  ///< lm-eval's samples have the question in it

/// Why a text is not JSON that we take, and in which of its lines (from 0).
struct BadJson {
    std::int64_t line = 0;
    std::string message;
};

/// Reads characters for the parser and lets the parse callback see how far it is.
class TrackedText {
 public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = const char&;

    TrackedText(const char* at, const char** reached) : at_(at), reached_(reached) {}
    reference operator*() const { return *at_; }
    TrackedText& operator++() {
        *reached_ = ++at_;
        return *this;
    }
    TrackedText operator++(int) {
        TrackedText before = *this;
        ++*this;
        return before;
    }
    bool operator==(const TrackedText& other) const { return at_ == other.at_; }
    bool operator!=(const TrackedText& other) const { return at_ != other.at_; }

 private:
    const char* at_;
    const char** reached_;
};

struct Document {
    json value;
    /// Lines (from 0) where the items of the root list (key "") or of the lists in the root object
    /// begin.
    std::map<std::string, std::vector<std::int64_t>> item_lines;
};

/// Watches the parser: refuses deep nesting (what walks a json value recurses) and keys that stand
/// twice (the parser would keep the last one silently), and notes where items begin.
class Watcher {
 public:
    Watcher(const char* begin, const char** reached, Document& document)
        : counted_(begin), reached_(reached), document_(document) {}

    bool operator()(int depth, json::parse_event_t event, const json& parsed) {
        using Event = json::parse_event_t;
        const bool starts = event == Event::object_start || event == Event::array_start;
        if (starts && depth > kMostLevels) {
            throw BadJson{line(), fmt::format("nests deeper than {} levels", kMostLevels)};
        }
        if (starts && depth == 0) {
            root_is_list_ = event == Event::array_start;
        }
        if ((starts || event == Event::value) && depth == (root_is_list_ ? 1 : 2)) {
            document_.item_lines[top_key_].push_back(line());
        }
        if (event == Event::object_start) {
            keys_.emplace_back();
        }
        if (event == Event::object_end) {
            keys_.pop_back();
        }
        if (event == Event::key) {
            const auto& key = parsed.get_ref<const std::string&>();
            if (!keys_.back().insert(key).second) {
                throw BadJson{line(), fmt::format("the key \"{}\" stands twice", shorten(key, 60))};
            }
            if (depth == 1) {
                top_key_ = key;
            }
        }
        return true;
    }

 private:
    /// Of the last character that the parser took. After a number it has looked one character
    /// ahead, hence not the next one.
    std::int64_t line() {
        for (; counted_ < *reached_ - 1; ++counted_) {
            line_ += *counted_ == '\n';
        }
        return line_;
    }

    const char* counted_;
    const char** reached_;
    Document& document_;
    bool root_is_list_ = false;
    std::string top_key_;
    std::vector<std::set<std::string>> keys_;
    std::int64_t line_ = 0;
};

/// The parser's message after `head`: "[json.exception.parse_error.101] parse error at line 1,
/// column 5: syntax error
/// ...".
std::string reason_of(const json::exception& error, std::string_view head) {
    const std::string_view what = error.what();
    const std::size_t at = what.find(head);
    return shorten(at == std::string_view::npos ? what : what.substr(at + head.size()), 160);
}

Document parse_document(std::string_view text) {
    const char* reached = text.data();
    const char* end = text.data() + text.size();
    Document document;
    try {
        document.value = json::parse(TrackedText(text.data(), &reached),
                                     TrackedText(end, &reached),
                                     Watcher(text.data(), &reached, document));
    } catch (const json::parse_error& error) {
        const std::size_t at = std::min(error.byte == 0 ? 0 : error.byte - 1, text.size());
        const std::string_view before = text.substr(0, at);
        const std::size_t line_start = before.rfind('\n') == std::string_view::npos
                                           ? 0
                                           : before.rfind('\n') + 1;
        throw BadJson{
            std::count(before.begin(), before.end(), '\n'),
            fmt::format(
                "broken JSON at column {}: {}", at - line_start + 1, reason_of(error, ": "))};
    } catch (const json::exception& error) {
        // A number that fits no type.
        throw BadJson{std::count(text.data(), reached, '\n'),
                      fmt::format("broken JSON: {}", reason_of(error, "] "))};
    }
    return document;
}

std::string kind_of(const json& value) {
    if (value.is_object()) {
        return "an object";
    }
    if (value.is_array()) {
        return "a list";
    }
    if (value.is_string()) {
        return "text";
    }
    if (value.is_boolean()) {
        return "true or false";
    }
    if (value.is_null()) {
        return "null";
    }
    return value.is_number_float() ? "a number with a fraction" : "a number";
}

/// The text of a list's item: itself, or that of the object's field text, content or passage.
const std::string* text_of_item(const json& item) {
    if (item.is_string()) {
        return item.get_ptr<const std::string*>();
    }
    for (const char* name : {"text", "content", "passage"}) {
        const auto field = item.is_object() ? item.find(name) : item.end();
        if (item.is_object() && field != item.end() && field->is_string()) {
            return field->get_ptr<const std::string*>();
        }
    }
    return nullptr;
}

Cell cell_of(const json& value) {
    Cell cell;
    if (value.is_null()) {
        return cell;
    }
    if (value.is_string()) {
        cell.kind = Cell::Kind::kText;
        cell.text = value.get<std::string>();
    } else if (value.is_number_integer()) {
        cell.kind = Cell::Kind::kWhole;
        cell.text = value.dump();
    } else if (value.is_array()) {
        cell.kind = Cell::Kind::kTexts;
        for (const json& item : value) {
            if (const std::string* text = text_of_item(item)) {
                cell.texts.push_back(*text);
                continue;
            }
            const char* hint = item.is_object() ? " without text, content or passage" : "";
            return {
                Cell::Kind::kOther,
                "",
                {},
                fmt::format(
                    "a list whose item {} is {}{}", cell.texts.size() + 1, kind_of(item), hint)};
        }
    } else {
        cell.kind = Cell::Kind::kOther;
        cell.what = kind_of(value);
    }
    return cell;
}

void add_row(Rows& out, std::int64_t number, std::int64_t line, const json& value) {
    if (!value.is_object()) {
        out.problems.push_back(
            {line, fmt::format("a question must be a JSON object, not {}", kind_of(value)), ""});
        return;
    }
    Row row{number, line, {}};
    for (const auto& [name, field] : value.items()) {
        row.fields.emplace_back(name, cell_of(field));
        if (name != kDocument || !field.is_object()) {
            continue;
        }
        for (const auto& [member, inner] : field.items()) {
            row.fields.emplace_back(fmt::format("{}.{}", kDocument, member), cell_of(inner));
        }
    }
    out.rows.push_back(std::move(row));
}

}  // namespace

Rows rows_of_json_lines(std::string_view text) {
    Rows out;
    std::int64_t line = 0, number = 0;
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view row = trim(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        ++line;
        if (row.empty()) {
            continue;
        }
        ++number;
        if (!is_valid_utf8(row)) {
            out.problems.push_back({line, "is not valid UTF-8", "Save the file as UTF-8."});
            continue;
        }
        try {
            add_row(out, number, line, parse_document(row).value);
        } catch (const BadJson& error) {
            out.problems.push_back({line, error.message, ""});
        }
    }
    return out;
}

Rows rows_of_json_document(std::string_view text) {
    static constexpr std::array kLists{"data", "questions", "examples", "items"};
    Rows out;
    Document document;
    try {
        document = parse_document(text);
    } catch (const BadJson& error) {
        out.problems.push_back({error.line + 1, error.message, ""});
        return out;
    }
    std::string list_key;
    if (document.value.is_object()) {
        for (const char* key : kLists) {
            const auto found = document.value.find(key);
            if (found == document.value.end() || !found->is_array()) {
                continue;
            }
            if (!list_key.empty()) {
                out.problems.push_back(
                    {1,
                     fmt::format("holds two lists, \"{}\" and \"{}\"", list_key, key),
                     "Keep one of them."});
                return out;
            }
            list_key = key;
        }
        if (list_key.empty()) {
            out.problems.push_back(
                {1,
                 fmt::format("holds no list under {}", fmt::join(kLists, ", ")),
                 "Write a JSON array of objects, or one object a line (JSONL)."});
            return out;
        }
    }
    const json& list = list_key.empty() ? document.value : document.value[list_key];
    const std::vector<std::int64_t>& lines = document.item_lines[list_key];
    for (std::size_t i = 0; i < list.size(); ++i) {
        add_row(out, static_cast<std::int64_t>(i) + 1, lines.at(i) + 1, list[i]);
    }
    return out;
}

std::optional<std::vector<std::string>> texts_of_json(std::string_view text) {
    try {
        const Cell cell = cell_of(parse_document(text).value);
        return cell.kind == Cell::Kind::kTexts ? std::optional(cell.texts) : std::nullopt;
    } catch (const BadJson&) {
        return std::nullopt;
    }
}

bool is_json_object(std::string_view text) {
    return trim(text).starts_with('{') && json::accept(text);
}

}  // namespace assay::config
