#pragma once
// Rows of a dataset file, whatever its format.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace assay::config {

struct Cell {
    enum class Kind { kNull, kText, kWhole, kTexts, kOther };
    Kind kind = Kind::kNull;
    std::string text;                ///< of kText; of kWhole, in decimal
    std::vector<std::string> texts;  ///< of kTexts: the passages of a list
    std::string what;  ///< of kOther, for messages: "an object", "a list whose item 2 is a number"
};

struct Row {
    std::int64_t number = 0;  ///< from 1; rows that are broken count, blank lines do not
    std::int64_t line = 0;    ///< from 1: where the row begins
    std::vector<std::pair<std::string, Cell>> fields;
};

struct RowProblem {
    std::int64_t line = 0;
    std::string message;
    std::string remedy;
};

struct Rows {
    std::vector<Row> rows;
    std::vector<RowProblem> problems;
};

// Of JSON, the members of an object `doc` are fields too, as "doc.NAME".

/// One JSON object a line.
[[nodiscard]] Rows rows_of_json_lines(std::string_view text);
/// A JSON array of objects, or an object with exactly one such array under data, questions,
/// examples or items.
[[nodiscard]] Rows rows_of_json_document(std::string_view text);
/// RFC 4180. A lone quote inside an unquoted cell is kept as it is, as Python's csv module does.
[[nodiscard]] Rows rows_of_csv(std::string_view text);

/// The text as a JSON list of texts or of objects with a text; empty if it is none.
[[nodiscard]] std::optional<std::vector<std::string>> texts_of_json(std::string_view text);

/// Whether the text is one complete JSON object.
[[nodiscard]] bool is_json_object(std::string_view text);

}  // namespace assay::config
