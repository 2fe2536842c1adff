#pragma once

#include <string>

#include "assay/report/section.hpp"

namespace assay::report {

/// A document in GitHub's Markdown. Text from elsewhere can neither start markup nor leave its
/// table cell. An empty line ends each block, the last one, too.
[[nodiscard]] std::string render_markdown(const Document& document);

}  // namespace assay::report
