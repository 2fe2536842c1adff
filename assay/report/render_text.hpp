#pragma once

#include <cstddef>
#include <string>

#include "assay/report/section.hpp"

namespace assay::report {

/// Paragraphs are broken at this many columns.
inline constexpr std::size_t kTextWidth = 96;

/// A document as lines of a terminal, no colours. Whatever the document holds, a terminal only
/// prints it. Blocks are indented below their heading, and figures line up however long the names
/// beside them are; the heading of a section with parts is underlined.
[[nodiscard]] std::string render_text(const Document& document);

}  // namespace assay::report
