#pragma once
// A document's text: what stands under each heading.

#include <string>
#include <string_view>
#include <vector>

namespace assay::retrieval {

/// Text under one heading. Paragraphs are apart by an empty line.
struct DocumentPart {
    std::string heading;  ///< may be empty
    std::string text;
};
using Document = std::vector<DocumentPart>;

/// A text without headings. UTF-8.
[[nodiscard]] Document text_document(std::string_view text);

/// Markdown: headings with # and underlined ones begin a part; not those inside of code fences.
/// Front matter between two lines of --- at the beginning is left out. An item of a list and a row
/// of a table is a paragraph. Everything else stays as it is written.
[[nodiscard]] Document markdown_document(std::string_view text);

}  // namespace assay::retrieval
