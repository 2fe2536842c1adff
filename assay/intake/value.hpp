#pragma once
// A value of a row as a tree, whichever format the file has, and one idea of what it says.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "assay/intake/json_reader.hpp"

namespace assay::intake {

struct Member;

struct Value {
    enum class Kind { kNull, kBool, kNumber, kText, kList, kObject };
    Kind kind = Kind::kNull;
    std::string text;             ///< of a text; of a number and of true and false as it is written
    std::vector<Value> items;     ///< of a list
    std::vector<Member> members;  ///< of an object, in the file's order; a name that stands twice
                                  ///< is here twice
    std::size_t offset = 0;       ///< byte of the JSON text at which it begins; 0 in CSV

    [[nodiscard]] bool is_null() const { return kind == Kind::kNull; }
    [[nodiscard]] bool is_scalar() const {
        return kind == Kind::kBool || kind == Kind::kNumber || kind == Kind::kText;
    }
    /// Of an object the first member of that name; null: there is none.
    [[nodiscard]] const Value* member(std::string_view name) const;
    /// How many members have that name.
    [[nodiscard]] std::size_t n_members(std::string_view name) const;
};

struct Member {
    std::string name;
    Value value;
};

/// The next value of a JSON text. NaN and the infinities, which Python writes, are null. Throws
/// JsonProblem where the text is no JSON or nests deeper than 64 levels.
[[nodiscard]] Value read_value(JsonReader& reader);

/// The value at a path: `doc.answer.value`, `target[0]`, `messages[-1].content` (from the end). A
/// member whose own name is the path, or a beginning of it, is taken first. Null if nothing is
/// there, or null.
[[nodiscard]] const Value* find(const Value& row, std::string_view path);

/// A scalar's text, as it is written; nothing for null, lists and objects.
[[nodiscard]] std::optional<std::string> text_of(const Value& value);

/// The texts of a message's or of an answer's content: a scalar, or a list of parts with a `text`
/// each, joined. Nothing for anything else.
[[nodiscard]] std::optional<std::string> content_of(const Value& value);

/// A passage of a list: a scalar, or an object's text, content, passage or page_content.
[[nodiscard]] std::optional<std::string> passage_of(const Value& item);

/// A list that was written as text, by JSON or by Python (['a', "b"]; also NumPy's without commas);
/// nothing if the text is not one list as a whole.
[[nodiscard]] std::optional<Value> list_of_text(std::string_view text);

/// "an object", "a list", "a number": for messages.
[[nodiscard]] std::string kind_of(const Value& value);

}  // namespace assay::intake
