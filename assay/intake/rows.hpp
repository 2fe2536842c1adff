#pragma once
// A file that a person brings -> rows of named values, whatever its format.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "assay/intake/names.hpp"
#include "assay/intake/row_problems.hpp"
#include "assay/intake/value.hpp"

namespace assay::intake {

struct Row {
    std::int64_t number = 0;  ///< from 1; rows that are broken count, blank lines do not
    std::int64_t line = 0;    ///< from 1: where the row begins
    Value fields;             ///< an object
};

struct Rows {
    std::vector<Row> rows;
    Tool tool = Tool::kAny;                   ///< whose names its fields have
    bool is_csv = false;                      ///< then every cell is text, and an empty one is null
    std::vector<std::string> answer_columns;  ///< of promptfoo's CSV: those with answers
};

/// Reads JSONL, a JSON list, an object with such a list (data, questions, samples, ...), a log of
/// Inspect, results of promptfoo, or CSV with commas, semicolons or tabs. What is none of them, and
/// each row that is broken, becomes a problem of `out`, whose file name also says whether it is CSV
/// (.csv, .tsv; else by its first character).
[[nodiscard]] Rows read_rows(std::string_view bytes, RowProblems& out);

/// CSV alone; `text` is UTF-8 without a byte order mark.
[[nodiscard]] Rows rows_of_csv(std::string_view text, RowProblems& out);
/// JSON alone, likewise.
[[nodiscard]] Rows rows_of_json(std::string_view text, RowProblems& out);

}  // namespace assay::intake
