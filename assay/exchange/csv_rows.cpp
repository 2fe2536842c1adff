#include "assay/exchange/csv_rows.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "assay/base/text.hpp"

namespace assay::exchange {
namespace {

/// Nothing, and a problem: a known cell is not valid UTF-8.
std::optional<std::vector<CsvCell>> known_cells(const CsvRecord& record,
                                                const CsvColumns& columns,
                                                RowProblems& out) {
    std::vector<CsvCell> cells;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        const std::string_view text = trim(record.cells[i]);
        if (columns[i] < 0 || text.empty()) {
            continue;
        }
        if (!is_valid_utf8(text)) {
            out.problem(record.line, "is not valid UTF-8", "Save the file as UTF-8.");
            return std::nullopt;
        }
        cells.push_back({columns[i], text});
    }
    return cells;
}

}  // namespace

std::optional<CsvColumns> columns_of(const CsvRecord& head,
                                     const MemberNames& members,
                                     RowProblems& out) {
    CsvColumns columns;
    for (const std::string& cell : head.cells) {
        const int field = members.field_of(trim(cell));
        if (field >= 0 && std::find(columns.begin(), columns.end(), field) != columns.end()) {
            out.problem(
                head.line,
                fmt::format("the column \"{}\" stands twice, perhaps by two names", trim(cell)),
                "Keep one of them.");
            return std::nullopt;
        }
        columns.push_back(field);
    }
    return columns;
}

void each_csv_row(
    std::string_view text,
    RowProblems& out,
    const std::function<std::optional<CsvColumns>(const CsvRecord& head)>& head,
    const std::function<void(const std::vector<CsvCell>& cells, std::int64_t line)>& row) {
    CsvReader reader(text);
    CsvRecord record;
    std::optional<CsvColumns> columns;
    while (out.n_problems() <= kMostRowProblems && reader.next(record)) {
        if (record.is_blank()) {
            continue;
        }
        if (!record.problem.empty()) {
            out.problem(
                record.line, record.problem, "Double the quotes that stand inside a quoted cell.");
        } else if (!columns) {
            columns = head(record);
        } else if (record.cells.size() != columns->size()) {
            out.problem(
                record.line,
                fmt::format(
                    "has {} cells, and the head has {}", record.cells.size(), columns->size()));
        } else if (const auto cells = known_cells(record, *columns, out)) {
            row(*cells, record.line);
        }
        if (!columns) {
            return;  // without a head nothing that follows means anything
        }
    }
}

}  // namespace assay::exchange
