#pragma once
// Rows of CSV, and the problems that are found in them: what the parsers of all formats share.

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "assay/base/csv.hpp"
#include "assay/exchange/json_rows.hpp"

namespace assay::exchange {

/// By column: its field, or -1.
using CsvColumns = std::vector<int>;

/// A cell of a column that is known; trimmed, not empty.
struct CsvCell {
    int field = 0;
    std::string_view text;
};

/// The fields of the head's columns; nothing, and a problem, if one stands twice.
[[nodiscard]] std::optional<CsvColumns> columns_of(const CsvRecord& head,
                                                   const MemberNames& members,
                                                   RowProblems& out);

/// Gives the first row that is not blank to `head`, and the known cells of each row that follows to
/// `row`; they are valid until it returns. Broken quoting, another number of cells and what is no
/// UTF-8 become problems of `out`. Where `head` returns nothing, nothing more is read. Stops when
/// there are more than enough problems.
void each_csv_row(
    std::string_view text,
    RowProblems& out,
    const std::function<std::optional<CsvColumns>(const CsvRecord& head)>& head,
    const std::function<void(const std::vector<CsvCell>& cells, std::int64_t line)>& row);

}  // namespace assay::exchange
