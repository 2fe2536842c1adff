#pragma once
// A section as lines of a terminal or as Markdown.

#include <cstddef>
#include <string>
#include <string_view>

#include "assay/report/stats_sections.hpp"

namespace assay::report {

/// Paragraphs are broken at this many columns.
inline constexpr std::size_t kTextWidth = 96;

/// Heading, aligned rows, then the paragraphs, indented. Names of models are as long as they are;
/// figures line up all the same.
[[nodiscard]] std::string section_text(const StatsSection& section);
/// `level`: of the heading, "##".
[[nodiscard]] std::string section_markdown(const StatsSection& section, std::string_view level);

}  // namespace assay::report
