#pragma once
// HTML by gumbo, an HTML5 parser: broken pages are read as browsers read them.

#include <string_view>

#include "assay/retrieval/document.hpp"

namespace assay::retrieval {

/// The visible text of a page. Headings (h1 to h6) begin a part, and the page's title is the
/// heading of what stands before the first. Left out: script, style, nav, noscript, template and
/// their like. UTF-8.
[[nodiscard]] Document html_document(std::string_view bytes);

}  // namespace assay::retrieval
