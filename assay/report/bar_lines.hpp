#pragma once

#include <string>
#include <vector>

#include "assay/report/section.hpp"

namespace assay::report {

/// A chart drawn with block characters, a line for each bar, with its number and its share. For
/// media without pictures. The title is not among the lines.
[[nodiscard]] std::vector<std::string> bar_lines(const BarChart& chart);

}  // namespace assay::report
