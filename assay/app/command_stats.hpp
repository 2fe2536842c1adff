#pragma once
// `assay stats`: the statistics of verdicts that were made anywhere: bare counts, a file of
// outcomes, or a run.

#include <iosfwd>
#include <optional>
#include <string>

namespace assay::app {

/// The largest count that is accepted: far beyond any data set, and small enough that sums and
/// products stay exact.
inline constexpr long long kMaxCount = 1'000'000'000;

/// Numbers arrive as the user typed them; run_stats checks them all and says what is wrong.
struct StatsOptions {
    std::string input;  ///< a file of outcomes or a run directory; empty: the counts are given
    std::optional<std::string> wins;  ///< of the variant; a whole number in 0 .. kMaxCount
    std::optional<std::string> losses;
    std::optional<std::string> ties;    ///< default 0
    std::optional<std::string> margin;  ///< net win rate, in (0, 1); default 0.10, of a run its own
    std::optional<std::string> alpha;   ///< one-sided, in (0, 0.5); default 0.05, of a run its own
    std::optional<std::string> power;   ///< in (alpha, 1); default 0.80, of a run its own
    std::string format;                 ///< of the input; empty: by what it holds
    std::string variant;                ///< only this one; and its name, where a file names none
    std::string judge;                  ///< likewise
    std::string baseline;   ///< the baseline's name, where a file does not tell it from the variant
    bool json = false;      ///< one JSON document instead of text
    bool markdown = false;  ///< Markdown instead of text
    bool gate = false;      ///< exit code 3, 4 or 5 unless equivalent or non-inferior
    std::optional<int> fail_exit_code;  ///< replaces 3, 4 and 5
};

/// Writes the analysis to `out` and gives the exit code: 0, or with `gate` that of the worst
/// decision (of a run by several judges, unless one was chosen: of the judge that decides). Throws
/// Error(kUsage) with a sentence for everything that is wrong with the options or with the file.
[[nodiscard]] int run_stats(const StatsOptions& options, std::ostream& out);

}  // namespace assay::app
