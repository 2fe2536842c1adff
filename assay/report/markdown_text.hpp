#pragma once
// GitHub's Markdown as text. What models, judges and users wrote goes through md_text or md_code
// and nothing else.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace assay::report {

/// Foreign text as literal text on one line, safe in a table's cell: markup characters are escaped,
/// "<", ">", "&", "|", backticks and backslashes become character references, line ends become
/// <br>, bare addresses are no links, control characters and those that reverse the writing
/// direction become U+FFFD. `max_chars` characters at most (0: all), then "… (cut)".
[[nodiscard]] std::string md_text(std::string_view bytes, std::size_t max_chars = 0);
/// A name or hash in a code span; text that a code span cannot hold safely is given by md_text
/// instead. Empty text: "not known".
[[nodiscard]] std::string md_code(std::string_view bytes);
/// Lines as a fenced block that their content cannot end: the fence is longer than any run of
/// backticks in them.
[[nodiscard]] std::string md_code_block(std::string_view bytes);

/// A table. Cells are Markdown already, without line ends.
class MarkdownTable {
 public:
    /// `alignment`: one of l and r for each column.
    MarkdownTable(std::vector<std::string> heads, std::string_view alignment);
    void add(std::vector<std::string> cells);
    [[nodiscard]] bool empty() const { return n_rows_ == 0; }
    /// The table with an empty line after it.
    [[nodiscard]] std::string text() const;

 private:
    void append_row(const std::vector<std::string>& cells);
    std::size_t n_columns_;
    std::size_t n_rows_ = 0;
    std::string text_;
};

}  // namespace assay::report
