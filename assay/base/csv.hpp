#pragma once
// Comma-separated values as RFC 4180 has them, or with another separator. A lone quote inside an
// unquoted cell is kept as it is, as Python's csv module does. Knows cells only: what they mean is
// the caller's.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace assay {

struct CsvRecord {
    std::int64_t line = 0;  ///< from 1: where the record begins
    std::vector<std::string> cells;
    std::string problem;  ///< a quote that is not closed, or text after one; empty: none

    /// A blank line: one cell of white space only.
    [[nodiscard]] bool is_blank() const;
};

class CsvReader {
 public:
    /// `text` must outlive the reader.
    explicit CsvReader(std::string_view text, char separator = ',')
        : text_(text), separator_(separator) {}

    /// Reads the next record into `record`, whose memory is used again; false at the end of the
    /// text.
    bool next(CsvRecord& record);

 private:
    [[nodiscard]] bool at_end() const { return at_ >= text_.size(); }
    [[nodiscard]] bool at_line_end() const {
        return at_end() || text_[at_] == '\n' || text_[at_] == '\r';
    }
    void take_line_end();
    void read_cell(CsvRecord& record, std::size_t index);
    void read_quoted(CsvRecord& record, std::size_t index);

    std::string_view text_;
    char separator_;
    std::size_t at_ = 0;
    std::int64_t line_ = 1;
};

}  // namespace assay
