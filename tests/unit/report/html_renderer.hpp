#pragma once

#include <string>

#include "assay/report/section.hpp"

namespace assay::report {

/// A fourth renderer in one file, to show that sections know nothing of Markdown: plain HTML.
[[nodiscard]] std::string render_html(const Document& document);

}  // namespace assay::report
