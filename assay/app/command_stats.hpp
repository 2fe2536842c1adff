#pragma once
// `assay stats`: the statistics of bare counts, for a comparison that was judged elsewhere.

#include <iosfwd>
#include <optional>
#include <string>

namespace assay::app {

/// The largest count that is accepted: far beyond any data set, and small enough that sums and products stay exact.
inline constexpr long long kMaxCount = 1'000'000'000;

/// Numbers arrive as the user typed them; run_stats checks them all and says what is wrong.
struct StatsOptions {
    std::string wins;  ///< of the variant; a whole number in 0 .. kMaxCount
    std::string losses;
    std::string ties = "0";
    std::string margin = "0.10";        ///< net win rate, in (0, 1)
    std::string alpha = "0.05";         ///< one-sided, in (0, 0.5)
    std::string power = "0.80";         ///< in (alpha, 1)
    bool json = false;                  ///< one JSON document instead of text
    bool gate = false;                  ///< exit code 3, 4 or 5 unless equivalent or non-inferior
    std::optional<int> fail_exit_code;  ///< replaces 3, 4 and 5
};

/// Writes the analysis to `out` and gives the exit code: 0, or with `gate` that of the decision. Throws Error(kUsage)
/// with a sentence that names every option that is wrong.
[[nodiscard]] int run_stats(const StatsOptions& options, std::ostream& out);

}  // namespace assay::app
