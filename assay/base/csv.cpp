#include "assay/base/csv.hpp"

#include <fmt/format.h>

#include "assay/base/text.hpp"

namespace assay {

bool CsvRecord::is_blank() const {
    return cells.size() == 1 && problem.empty() && trim(cells[0]).empty();
}

bool CsvReader::next(CsvRecord& record) {
    if (at_end()) {
        return false;
    }
    record.line = line_;
    record.problem.clear();
    std::size_t n_cells = 0;
    while (true) {
        if (record.cells.size() == n_cells) {
            record.cells.emplace_back();
        }
        read_cell(record, n_cells++);
        if (at_end() || text_[at_] != separator_) {
            break;
        }
        ++at_;
    }
    record.cells.resize(n_cells);
    take_line_end();
    return true;
}

void CsvReader::take_line_end() {
    if (at_end()) {
        return;
    }
    if (text_[at_] == '\r') {
        ++at_;
    }
    if (!at_end() && text_[at_] == '\n') {
        ++at_;
    }
    ++line_;
}

void CsvReader::read_cell(CsvRecord& record, std::size_t index) {
    std::string& cell = record.cells[index];
    cell.clear();
    if (!at_end() && text_[at_] == '"') {
        read_quoted(record, index);
        const std::size_t start = at_;
        while (!at_line_end() && text_[at_] != separator_) {
            ++at_;
        }
        if (at_ > start && record.problem.empty()) {
            record.problem = fmt::format("cell {} goes on after its closing quote", index + 1);
        }
        return;
    }
    const std::size_t start = at_;
    while (!at_line_end() && text_[at_] != separator_) {
        ++at_;
    }
    cell = text_.substr(start, at_ - start);
}

void CsvReader::read_quoted(CsvRecord& record, std::size_t index) {
    std::string& cell = record.cells[index];
    for (++at_; !at_end(); ++at_) {
        if (text_[at_] == '\n') {
            ++line_;
        }
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
    record.problem = fmt::format("the quote that opens cell {} is never closed", index + 1);
}

}  // namespace assay
