#pragma once
// Rows as text.

#include <span>
#include <string>
#include <string_view>

#include "assay/validation/bands.hpp"

namespace assay::validation {

/// "pass V1   exact sign test ...: 0.0391 in [0.0338, 0.0448]".
[[nodiscard]] std::string line_of(const Row& row);
/// "30 passed, 0 failed".
[[nodiscard]] std::string closing_line(std::span<const Row> rows);

/// What a document says of the run that it comes from.
struct RunFacts {
    std::string command;
    std::string machine;
    std::string date;  ///< YYYY-MM-DD
    double seconds = 0;
    Scale scale;
};
/// docs/validation.md.
[[nodiscard]] std::string markdown_of(std::span<const Row> rows, const RunFacts& facts);

}  // namespace assay::validation
