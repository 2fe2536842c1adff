#pragma once

#include "assay/report/section.hpp"

namespace assay::report {

/// A document with every kind of block and of span, and with text that tries to break out in each
/// place where text from elsewhere can be.
[[nodiscard]] Document example_document_of_all_kinds();

/// Foreign text that starts markup in Markdown, HTML and a terminal.
inline constexpr const char* kBreakout = "a|b\n# c <i> `d` **e** \x1b[31m";

}  // namespace assay::report
