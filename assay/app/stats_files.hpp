#pragma once
// The files of outcomes that `assay stats` is given: one, or several that judge the same questions.

#include <optional>
#include <string>
#include <vector>

#include "assay/exchange/outcomes.hpp"

namespace assay::app {

/// What the user says of the files, where they do not say it; each may be empty.
struct GivenNames {
    std::string baseline;
    std::string variant;
    std::string judge;  ///< of a single file
};

/// Reads them in their order; never empty. Of several, judges without a name or with a name that
/// another file has, too, are called by their file; and a variant that only one of two files names
/// is the same one. What was concluded or left out goes into `notes`, as sentences. Throws
/// Error(kUsage) with what is wrong with a file.
[[nodiscard]] std::vector<exchange::OutcomeSet> read_outcome_files(
    const std::vector<std::string>& files,
    const GivenNames& names,
    std::optional<exchange::OutcomeFormat> format,
    std::vector<std::string>& notes);

}  // namespace assay::app
