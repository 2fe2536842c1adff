#pragma once
// Text on a terminal: how wide it is, and made safe to print.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace assay::report {

/// Columns that valid UTF-8 takes: 2 for East Asian wide characters and emoji, 0 for combining
/// marks, 1 for others. An approximation (Unicode's East Asian Width by ranges), enough to align
/// names.
[[nodiscard]] std::size_t display_width(std::string_view utf8);
/// Any bytes as valid UTF-8 that a terminal only prints, left to right: control characters and
/// those that turn the direction of writing become U+FFFD, a tab a space; line feeds stay.
[[nodiscard]] std::string visible(std::string_view bytes);
/// The same on one line, with white space as one space.
[[nodiscard]] std::string plain_line(std::string_view bytes);
/// `text` filled with spaces to `width` columns, at the right, or at the left.
[[nodiscard]] std::string pad_right(std::string_view text, std::size_t width);
[[nodiscard]] std::string pad_left(std::string_view text, std::size_t width);
/// At most `width` columns (at least 3): the middle is cut out and "…" put in its place, as a
/// name's end tells most.
[[nodiscard]] std::string cut_middle(std::string_view text, std::size_t width);
[[nodiscard]] std::string without_spaces_at_end(std::string line);
/// Lines of at most `width` columns, broken at spaces; a longer word stays whole.
[[nodiscard]] std::vector<std::string> wrap(std::string_view text, std::size_t width);

/// A column of a table: its cells from the top, the heads among them.
struct AlignedColumn {
    bool right = false;  ///< aligned at the right
    std::vector<std::string> cells;
    /// Columns of the terminal that its widest cell takes.
    [[nodiscard]] std::size_t width() const;
};
/// The lines of a table whose columns have equally many cells, `gap` spaces between two columns,
/// none at a line's end.
[[nodiscard]] std::vector<std::string> aligned_lines(std::span<const AlignedColumn> columns,
                                                     std::size_t gap);

}  // namespace assay::report
