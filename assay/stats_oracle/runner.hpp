#pragma once
// Checks assay/stats against a file of reference values: {"cases": [{"id", "fn", "in", "out",
// "tol": {"abs", "rel"}},
// ...]}. A value passes if |got - expected| <= abs or <= rel |expected|; null means that it must be
// undefined; "inf" and "-inf" are infinities.

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "assay/base/result.hpp"

namespace assay::stats_oracle {

struct OracleRun {
    std::int64_t passed = 0;
    std::int64_t failed = 0;
    std::vector<std::string> failures;  ///< a line for each failed case
};
/// Runs every case. A case fails if one of its outputs is missing or wrong, its inputs are not
/// accepted, or its function is not known. Fails as a whole on a file that cannot be read or is not
/// of the form above.
[[nodiscard]] Result<OracleRun> run_oracle_file(const std::filesystem::path& path);
/// As above from the file's text; `place` is named in failures.
[[nodiscard]] Result<OracleRun> run_oracle_text(std::string_view text, const std::string& place);

}  // namespace assay::stats_oracle
