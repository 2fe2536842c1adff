#include <fmt/format.h>

#include <set>

#include "assay/base/text.hpp"
#include "assay/config/rows.hpp"

namespace assay::config {
namespace {

struct Record {
    std::int64_t line = 0;
    std::vector<std::string> cells;
    std::string problem;
};

class CsvReader {
 public:
    explicit CsvReader(std::string_view text) : text_(text) {}

    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }

    Record next() {
        Record record;
        record.line = line_;
        while (true) {
            record.cells.emplace_back();
            read_cell(record);
            if (at_end() || text_[at_] != ',') break;
            ++at_;
        }
        take_line_end();
        return record;
    }

 private:
    [[nodiscard]] bool at_line_end() const { return at_end() || text_[at_] == '\n' || text_[at_] == '\r'; }

    void take_line_end() {
        if (at_end()) return;
        if (text_[at_] == '\r') ++at_;
        if (!at_end() && text_[at_] == '\n') ++at_;
        ++line_;
    }

    void read_cell(Record& record) {
        std::string& cell = record.cells.back();
        if (!at_end() && text_[at_] == '"') {
            read_quoted(record);
            const std::size_t start = at_;
            while (!at_line_end() && text_[at_] != ',') ++at_;
            if (at_ > start && record.problem.empty()) {
                record.problem = fmt::format("cell {} goes on after its closing quote", record.cells.size());
            }
            return;
        }
        const std::size_t start = at_;
        while (!at_line_end() && text_[at_] != ',') ++at_;
        cell = text_.substr(start, at_ - start);
    }

    void read_quoted(Record& record) {
        std::string& cell = record.cells.back();
        for (++at_; !at_end(); ++at_) {
            if (text_[at_] == '\n') ++line_;
            if (text_[at_] != '"') {
                cell += text_[at_];
            } else if (at_ + 1 < text_.size() && text_[at_ + 1] == '"') {
                cell += '"';
                ++at_;
            } else {
                ++at_;
                return;
            }
        }
        record.problem = fmt::format("the quote that opens cell {} is never closed", record.cells.size());
    }

    std::string_view text_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
};

bool is_blank(const Record& record) {
    return record.cells.size() == 1 && trim(record.cells[0]).empty() && record.problem.empty();
}

}  // namespace

Rows rows_of_csv(std::string_view text) {
    Rows out;
    CsvReader reader(text);
    std::vector<std::string> header;
    std::int64_t number = 0;
    while (!reader.at_end()) {
        Record record = reader.next();
        if (is_blank(record)) continue;
        if (!header.empty()) ++number;
        if (!record.problem.empty()) {
            out.problems.push_back({record.line, record.problem, "Double the quotes that stand inside a quoted cell."});
        } else if (header.empty()) {
            std::set<std::string> seen;
            for (std::string& name : record.cells) {
                name = trim(name);
                if (name.empty() || seen.insert(name).second) continue;
                out.problems.push_back(
                    {record.line, fmt::format("the column \"{}\" stands twice", shorten(name, 60)), ""});
            }
            header = std::move(record.cells);
        } else if (record.cells.size() != header.size()) {
            out.problems.push_back(
                {record.line, fmt::format("has {} cells, and the header has {}", record.cells.size(), header.size()),
                 "Put cells that hold a comma or a line break in quotes."});
        } else {
            Row row{number, record.line, {}};
            for (std::size_t i = 0; i < header.size(); ++i) {
                Cell cell;
                if (!record.cells[i].empty()) cell = {Cell::Kind::kText, std::move(record.cells[i]), {}, ""};
                row.fields.emplace_back(header[i], std::move(cell));
            }
            out.rows.push_back(std::move(row));
        }
        // Without a header nothing that follows means anything.
        if (header.empty()) return out;
    }
    return out;
}

}  // namespace assay::config
