#include <fmt/format.h>

#include <set>

#include "assay/base/csv.hpp"
#include "assay/base/text.hpp"
#include "assay/config/rows.hpp"

namespace assay::config {

Rows rows_of_csv(std::string_view text) {
    Rows out;
    CsvReader reader(text);
    std::vector<std::string> header;
    std::int64_t number = 0;
    CsvRecord record;
    while (reader.next(record)) {
        if (record.is_blank()) {
            continue;
        }
        if (!header.empty()) {
            ++number;
        }
        if (!record.problem.empty()) {
            out.problems.push_back({record.line,
                                    record.problem,
                                    "Double the quotes that stand inside a quoted cell."});
        } else if (header.empty()) {
            std::set<std::string> seen;
            for (std::string& name : record.cells) {
                name = trim(name);
                if (name.empty() || seen.insert(name).second) {
                    continue;
                }
                out.problems.push_back(
                    {record.line,
                     fmt::format("the column \"{}\" stands twice", shorten(name, 60)),
                     ""});
            }
            header = record.cells;
        } else if (record.cells.size() != header.size()) {
            out.problems.push_back(
                {record.line,
                 fmt::format(
                     "has {} cells, and the header has {}", record.cells.size(), header.size()),
                 "Put cells that hold a comma or a line break in quotes."});
        } else {
            Row row{number, record.line, {}};
            for (std::size_t i = 0; i < header.size(); ++i) {
                Cell cell;
                if (!record.cells[i].empty()) {
                    cell = {Cell::Kind::kText, std::move(record.cells[i]), {}, ""};
                }
                row.fields.emplace_back(header[i], std::move(cell));
            }
            out.rows.push_back(std::move(row));
        }
        // Without a header nothing that follows means anything.
        if (header.empty()) {
            return out;
        }
    }
    return out;
}

}  // namespace assay::config
